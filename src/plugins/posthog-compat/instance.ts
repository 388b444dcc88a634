/** One instance: posthog-js's methods over a client of outlast. */

import { asRecord, isObject, isText } from '../../core/base/values'
import { SDK_VERSION } from '../../core/base/version'
import { webStorage } from '../../page/first/web-storage'
import { personProperties } from '../posthog-js'
import { createCapture } from './capture'
import { isHeldBack, renamed, storesNothing, warnOfIgnored, withDefaults, withoutUndefined } from './config'
import { createConnection, deviceOf } from './connection'
import { choiceOfPostHogJs, createConsent, hasChosen, storeChoice, storedChoice } from './consent'
import { createDevice, valuesIn } from './device'
import { createExceptions } from './exceptions'
import { createFlags } from './flags'
import { leftOut } from './left-out'
import { createPageViews } from './page-views'
import { createPeople, type People } from './people'
import { queueing } from './queueing'
import { createRegistered } from './registered'
import { type CompatPorts, type Self, safely } from './self'
import { runCommand } from './snippet'
import { startTracing } from './tracing'
import type { PostHogConfig, PostHogLike } from './types'
import { startVitals } from './vitals'

/** The name of the instance that posthog-js exports. */
const PRIMARY = 'posthog'

function newSelf(ports: CompatPorts): Self {
  const nothingStored = valuesIn(webStorage(undefined, '', () => undefined))
  return {
    ports,
    face: {} as PostHogLike,
    config: {},
    token: '',
    client: undefined,
    device: createDevice(
      nothingStored,
      nothingStored,
      ports.newId,
      () => false,
      () => '',
      false,
    ),
    muted: false,
    quiet: false,
    onConsent: new Set(),
    isCapturing: () => false,
    makesProfile: () => false,
    windowId: '',
    additions: [],
    waiting: [],
    listeners: {},
    call: undefined,
  }
}

/** The parts of an instance, wired to each other. */
function partsOf(self: Self) {
  const capture = createCapture(self)
  const views = createPageViews(self)
  const connection = createConnection(
    self,
    (): People => people,
    () => {
      const status = consent.status()
      return status === 'granted' || (status === 'pending' && !storesAfterConsent(self.config))
    },
    () => {
      exceptions.forget()
      views.forget()
    },
  )
  const exceptions = createExceptions(self)
  const { storeFromNowOn, heedBootstrap } = connection
  const consent = createConsent(self, {
    storeFromNowOn,
    heedBootstrap,
    captureFirstPageView: views.first,
    storing: () => deviceOf(self, true),
  })
  const flags = createFlags(self, (properties, minimal) =>
    Boolean(capture.capture('$feature_flag_called', properties, undefined, minimal)),
  )
  const people = createPeople(self, {
    through: capture.through,
    reloadFlags: flags.reload,
    personForFlags(told) {
      if (!told) return
      const { $set, $set_once } = { ...told.properties, ...personProperties(told) }
      flags.given.addToPerson(asRecord($set), asRecord($set_once))
    },
    followForFlags: flags.given.follow,
    groupForFlags: flags.given.addToGroup,
    onReset(bootstrap) {
      consent.forgetGrant()
      const id = bootstrap?.distinctID
      if (isText(id)) connection.become(id, bootstrap?.isIdentifiedID === true)
      flags.onReset(bootstrap)
    },
  })
  const registered = createRegistered(self, {
    distinctId: people.methods.get_distinct_id,
    deviceId: people.deviceId,
    alias: people.alias,
  })
  self.isCapturing = () => {
    if (!self.client || self.muted || isHeldBack(self.config)) return false
    // A person who refuses is captured in no mode: fails closed, also where posthog-js would count without ids.
    return self.config.cookieless_mode === 'always' ? !self.client.isOptOut() : !consent.isOptedOut()
  }
  self.makesProfile = people.makesProfile
  self.additions = [
    registered.ofSession,
    flags.properties,
    views.propertiesOf,
    ({ properties }) => {
      registered.seen(properties.$session_id, properties.$window_id)
      self.windowId = String(properties.$window_id ?? '')
      return { $device_id: people.deviceId(), $is_identified: people.isIdentified() }
    },
  ]
  return { capture, views, connection, consent, flags, people, registered, exceptions }
}

type Parts = ReturnType<typeof partsOf>

function start(self: Self, { connection, consent, flags, views, exceptions }: Parts, given: PostHogConfig): void {
  const { config, token, face } = self
  warnOfIgnored(given)
  self.quiet = keepsQuiet(config)
  const device = deviceOf(self, true)
  const stored = hasChosen(device) ? undefined : choiceOfPostHogJs(token, config)
  const isPending = storedChoice(device) === 'pending'
  // Where a choice is on the device, so is the person.
  self.quiet &&= stored !== true && isPending
  // The client has to know of the refusal before it writes the person.
  if (stored === false && isPending && !storesNothing(config)) storeChoice(device, true, self.ports.clock.now())
  const client = connection.connect()
  if (storesNothing(config) && storedChoice(device) === 'denied') client.optOut()
  if (consent.status() === 'pending' && stored === false) client.optOut()
  if (consent.status() === 'pending' && stored === true) client.optIn()
  connection.heedBootstrap()
  // Two tabs of one person would otherwise go on as two.
  if (typeof window !== 'undefined') addEventListener('storage', consent.follow)
  const { loaded } = config
  if (loaded) safely(() => loaded(face), 'loaded')
  for (const call of self.waiting.splice(0)) call()
  flags.start()
  views.start()
  startVitals(self)
  startTracing(self)
  exceptions.start()
}

/** Whether nothing may be stored before the person has agreed. */
const keepsQuiet = (config: PostHogConfig) => !storesNothing(config) && storesAfterConsent(config)

const storesAfterConsent = (config: PostHogConfig) =>
  Boolean(config.opt_out_capturing_by_default && config.opt_out_persistence_by_default) ||
  config.cookieless_mode === 'on_reject'

function methodsOf(
  self: Self,
  { capture, connection, consent, flags, people, registered, exceptions }: Parts,
): Partial<PostHogLike> {
  return {
    ...consent.methods,
    ...people.methods,
    ...registered.methods,
    ...flags.methods,
    ...exceptions.methods,
    capture: (event, properties, options) => capture.capture(event, properties && asRecord(properties), options),
    opt_in_capturing(options) {
      consent.methods.opt_in_capturing(options)
      flags.reload()
    },
    opt_out_capturing() {
      consent.methods.opt_out_capturing()
      flags.tellIfGone()
    },
    clear_opt_in_out_capturing() {
      consent.methods.clear_opt_in_out_capturing()
      flags.tellIfGone()
    },
    captureTraceFeedback(traceId, feedback) {
      self.face.capture('$ai_feedback', { $ai_trace_id: String(traceId), $ai_feedback_text: feedback })
    },
    captureTraceMetric(traceId, name, value) {
      const metric = { $ai_metric_name: name, $ai_metric_value: String(value) }
      self.face.capture('$ai_metric', { $ai_trace_id: String(traceId), ...metric })
    },
    debug(on = true) {
      self.config.debug = on
      self.client?.debug(on)
    },
    set_config(config) {
      if (!isObject(config)) return
      const storedNothing = storesNothing(self.config)
      Object.assign(self.config, withoutUndefined(renamed(config)))
      if (storedNothing && !storesNothing(self.config)) connection.storeAfterAll()
      if (typeof config.debug === 'boolean') self.client?.debug(config.debug)
    },
  }
}

/** @param named gives the instance of another name; absent for one that has a name itself */
export function createInstance(ports: CompatPorts, named?: (name: string) => PostHogLike): PostHogLike {
  const self = newSelf(ports)
  const parts = partsOf(self)
  const { face } = self

  function init(token: string, given?: PostHogConfig, name = PRIMARY): PostHogLike {
    if (name !== PRIMARY && named) {
      const other = named(name)
      Object.assign(face, { [name]: other })
      return other.init(token, given, name)
    }
    const key = isText(token) ? token.trim() : ''
    if (!key) console.warn("[outlast] posthog.init needs the project's token; nothing is captured")
    else if (face.__loaded) warnOfSecond(key === self.token)
    else {
      const config = asRecord(given) as PostHogConfig
      Object.assign(self, { token: key, config: withDefaults(key, config, name) })
      face.__loaded = true
      start(self, parts, config)
    }
    return face
  }

  Object.assign(face, leftOut(), queueing(self, methodsOf(self, parts)), {
    version: SDK_VERSION,
    __loaded: false,
    flagsEndpointWasHit: false,
    init: (token: string, given?: PostHogConfig, name?: string) =>
      safely(() => init(token, given, name || PRIMARY), 'posthog.init') ?? face,
    push: (item: unknown) => runCommand(face, item),
    on(event: string, listener: (detail?: unknown) => void) {
      const all = self.listeners[event] ?? new Set()
      self.listeners[event] = all.add(listener)
      return () => all.delete(listener)
    },
    getPageViewId: parts.views.id,
    async shutdown(timeout?: number) {
      await self.client?.shutdown(timeout)
    },
  })
  Object.defineProperties(face, {
    outlast: { get: () => self.client, enumerable: true },
    config: { get: () => self.config, enumerable: true },
    decideEndpointWasHit: { get: () => face.flagsEndpointWasHit, enumerable: true },
  })
  return face
}

/** In posthog-js's words, for sites and tests that know them. */
function warnOfSecond(sameProject: boolean): void {
  const which = sameProject ? '' : ' with a different project token'
  const remedy = sameProject ? '' : `; a second project needs a name of its own: posthog.init(token, options, 'name')`
  console.warn(`[outlast] You have already initialized PostHog${which}! Re-initializing is a no-op${remedy}`)
}
