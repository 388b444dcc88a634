/** A client that knows whom it observes, and whether it may: everything of a page's client but the page. */

import type { Properties } from '../core/event'
import { asRecord } from '../core/values'
import { SDK_NAME, SDK_VERSION } from '../core/version'
import { type ClientPorts, createClient, disabledClient } from './client'
import { consentedStore, createConsent } from './consent'
import type { FeatureFlags, FlagPorts } from './feature-flags'
import { createIdentity, type Identity } from './identity'
import { createPerson, FLAGS_KEY, type KeyValueStore } from './person'
import { createSession } from './session'
import type { CommonClient, OutlastEvents } from './types'

export interface PersonClient extends CommonClient, Identity {
  /** Allows observing again. The choice is kept across pages. */
  optIn(): void
  /**
   * Stops observing: later events are not even made. What was captured under consent before is still delivered, unless
   * `clear` also drops it and wipes identity, session and super properties from the device. The choice is kept.
   */
  optOut(options?: { clear?: boolean }): void
  isOptOut(): boolean
  /** Logs what happens to each event, or no longer. Without an argument: logs. */
  debug(on?: boolean): void
}

export interface PersonClientPorts extends Omit<ClientPorts, 'ambient' | 'optedOut' | 'loadFlags'> {
  /** Kept across pages, and across a tab's pages. */
  kept: KeyValueStore
  tab: KeyValueStore
  bootstrapId: string | undefined
  /** Added to every event, before the person's super properties. */
  surroundings(): Properties
  loadFlags(ports: Omit<FlagPorts, 'clock' | 'sender'>): Promise<FeatureFlags>
  /** What else is kept on the device for this client is to be wiped. */
  onClear(): void
}

export interface PersonClientParts {
  client: PersonClient
  /** Reads again what another tab may have changed. */
  reload(): void
}

export function createPersonClient(ports: PersonClientPorts): PersonClientParts {
  const { config, link, newId } = ports
  const { log, now, queue } = config
  const consent = createConsent(ports.kept)
  const kept = consentedStore(ports.kept, consent)
  const tab = consentedStore(ports.tab, consent)
  const person = createPerson(kept, newId, ports.bootstrapId)
  const session = createSession(kept, newId)
  let windowId = tab.get('window') ?? newId()
  tab.set('window', windowId)
  let flags: FeatureFlags | undefined

  const common = createClient({
    ...ports,
    optedOut: () => consent.optedOut,
    ambient({ distinctId = person.distinctId, minimal }) {
      const properties = ambientProperties()
      return { distinctId, properties: minimal ? minimalOf(properties) : properties }
    },
    async loadFlags() {
      flags = await ports.loadFlags({
        queue,
        store: kept,
        person: () => ({ distinctId: person.distinctId, anonymousId: person.anonymousId, groups: person.groups }),
        disableGeoip: config.disableGeoip,
        ...config.flags,
        capture: (event, properties, options) => common.capture(event, properties, options),
        warn: log.warn,
      })
      return flags
    },
  })

  function ambientProperties(): Properties {
    return {
      $lib: SDK_NAME,
      $lib_version: SDK_VERSION,
      ...ports.surroundings(),
      $session_id: session.id(now()),
      $window_id: windowId,
      ...(config.disableGeoip ? { $geoip_disable: true } : {}),
      ...(Object.keys(person.groups).length > 0 ? { $groups: person.groups } : {}),
      ...person.superProperties,
    }
  }

  const identity = createIdentity({
    person,
    session,
    now,
    log,
    capture: (event, properties) => common.capture(event, properties),
    // As posthog-js does: a flag may be another for whoever this is now.
    onChange: () => void flags?.reload(),
    onReset() {
      if (flags) flags.forget()
      else kept.remove(FLAGS_KEY)
    },
  })

  let reported = false
  function reportToLog(): void {
    reported = true
    for (const name of REPORTED) common.on(name, (detail) => log.debug(`${name} ${JSON.stringify(detail)}`))
  }

  const client: PersonClient = {
    ...common,
    ...identity,
    optIn() {
      consent.optIn()
      kept.optedIn()
      tab.optedIn()
    },
    optOut(options) {
      consent.optOut()
      flags?.stop()
      if (asRecord(options).clear !== true) return
      identity.reset()
      windowId = newId()
      tab.set('window', windowId)
      for (const store of [kept, tab]) store.clear()
      ports.onClear()
      void link.purge()
    },
    isOptOut: () => consent.optedOut,
    debug(on = true) {
      log.setDebug(on)
      if (on && !reported) reportToLog()
    },
  }
  if (config.debug) reportToLog()
  return { client, reload: person.reload }
}

const REPORTED = ['queued', 'sending', 'delivered', 'retry', 'drop', 'degraded'] satisfies (keyof OutlastEvents)[]

/** What of the ambient properties a minimal `$feature_flag_called` may have (protocol.md §8). */
const MINIMAL = new Set([
  '$lib',
  '$lib_version',
  '$session_id',
  '$window_id',
  '$device_id',
  '$groups',
  '$geoip_disable',
  '$process_person_profile',
])

function minimalOf(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => MINIMAL.has(name)))
}

/** The client of nobody's project: it does nothing. */
export function disabledPersonClient(): PersonClient {
  const nothing = () => undefined
  return {
    ...disabledClient(),
    identify: nothing,
    alias: nothing,
    group: nothing,
    groupIdentify: nothing,
    setPersonProperties: nothing,
    register: nothing,
    unregister: nothing,
    reset: nothing,
    getDistinctId: () => '',
    getAnonymousId: () => '',
    getSessionId: () => '',
    optIn: nothing,
    optOut: nothing,
    isOptOut: () => false,
    debug: nothing,
  }
}
