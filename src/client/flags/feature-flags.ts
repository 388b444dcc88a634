/** Feature flags (docs/protocol.md §8). Loaded with the first call about a flag. */

import type { Clock, Sender } from '../../core/base/ports'
import type { QueueConfig } from '../../core/config/queue-config'
import type { Properties } from '../../core/event/event'
import type { Log } from '../first/log'
import type { KeyValueStore } from '../first/person'
import type { FlagContext } from '../late/flag-context'
import type { CommonOptions, FlagOptions, FlagResult } from '../types'
import { callOptionsReader } from './call-options'
import type { Flag, FlagAnswer, FlagSet, FlagValue } from './flag-answer'
import { createFlagCache, type KnownFlags } from './flag-cache'
import { type CaptureFlagCall, createFlagCalls } from './flag-calls'
import { createFlagRequests } from './flag-requests'
import { type GivenProperties, givenProperties } from './given-properties'
import { createOfNobody, OF_NOBODY } from './of-nobody'
import { createPause } from './pause'
import { createReloadLimit, TOO_OFTEN } from './reload-limit'

export interface FlagPorts {
  queue: Pick<QueueConfig, 'apiKey' | 'host'>
  clock: Clock
  sender: Sender
  /** Where the flags are kept for the next page. */
  store: Pick<KeyValueStore, 'get' | 'set' | 'remove'>
  /** The person whose flags are meant where a call names no distinct id. */
  person(): { distinctId: string; anonymousId?: string; groups: Record<string, string> }
  /** What was just set of the present person. Absent where the client knows no person. */
  context?: FlagContext
  /** Whether the server may be asked: the person has not opted out, and the client is not shut down. */
  allowed(): boolean
  disableGeoip: boolean
  /** Writes JSON as that of an event, masked as that is. */
  write(value: object): string
  /** The options as `init` was given them, not yet parsed. */
  options: CommonOptions
  capture: CaptureFlagCall
  warn(message: string): void
  warnOf: Log['warnOf']
}

export interface FeatureFlags extends GivenProperties {
  value(key: string, options?: FlagOptions): Promise<FlagValue | undefined>
  result(key: string, options?: FlagOptions): Promise<FlagResult | undefined>
  payload(key: string, options?: FlagOptions): Promise<unknown>
  all(options?: FlagOptions): Promise<{ flags: Record<string, FlagValue>; payloads: Record<string, unknown> }>
  reload(): Promise<void>
  /** Calls the listener with the known flags, if any, and after every reload. Returns a function that removes it. */
  listen(listener: (flags: Record<string, FlagValue>) => void): () => void
  /** The properties that each event carries: the flags in force, if they are known. */
  inForce(): Properties
  /**
   * Looks whether the person, the groups or their properties are others now, and asks for the flags of these. `elsewhere`:
   * another tab has changed them, and asks itself.
   */
  look(elsewhere?: boolean): Promise<void>
  /** Ends retries, ignores answers that are still to come, and forgets which calls were captured. Known flags stay. */
  stop(): void
}

/** Known flags are asked for anew this many ms after the server gave them, with the next question about one. */
const MAX_AGE_MS = 3_600_000

/** A page that only listens has asked too, so many ms after its listener came: most pages ask in another way by then. */
const LISTENER_MS = 100

/** Flags of `bootstrap` are of this page load, so the server is asked this many ms after the first question. */
const BOOTSTRAP_MS = 3_000

const valuesOf = (flags: FlagSet['flags']): Record<string, FlagValue> =>
  Object.fromEntries(Object.entries(flags).map(([key, { value }]) => [key, value]))

interface Work {
  loading?: Promise<void> | undefined
  /** The timer of the first request after `bootstrap`. */
  later?: ReturnType<Clock['timer']> | undefined
  /** The number of stops so far. */
  stops: number
}

interface Found {
  set?: FlagAnswer | KnownFlags | undefined
  error?: string | undefined
}

export function createFeatureFlags(ports: FlagPorts): FeatureFlags {
  const { clock, warn, context, allowed } = ports
  const requests = createFlagRequests(ports)
  const present = () => requests.body({})
  const cache = createFlagCache(ports, present)
  const calls = createFlagCalls(ports.capture)
  const pause = createPause(clock)
  const limit = createReloadLimit(clock)
  const isOfNobody = createOfNobody(ports.person, warn)
  const optionsOf = callOptionsReader(ports.warnOf)
  const listeners = new Set<(flags: Record<string, FlagValue>) => void>()
  const work: Work = { stops: 0 }
  let seen = cache.whose()
  let told: { known?: KnownFlags; properties: Properties } = { properties: {} }

  /**
   * Returns a function that says whether work may go on: there was no stop since it began, and the server may be asked.
   */
  function untilStopped(): () => boolean {
    const begun = work.stops
    return () => begun === work.stops && allowed()
  }

  async function load(): Promise<void> {
    const goesOn = untilStopped()
    const asked = present()
    const answer = await requests.ask(asked, goesOn)
    if (!goesOn()) return
    // Person, groups or properties have changed meanwhile, so the flags are asked for again.
    if (asked !== present()) return load()
    if (typeof answer === 'string') return pause.failed(answer)
    if (answer.quotaLimited) return pause.failed('quota_limited')
    pause.end()
    tell(cache.take(answer, asked, clock.now()).flags)
  }

  function tell(flags: FlagSet['flags']): void {
    for (const listener of listeners) callListener(listener, flags)
  }

  function callListener(listener: (flags: Record<string, FlagValue>) => void, flags: FlagSet['flags']): void {
    try {
      listener(valuesOf(flags))
    } catch (error) {
      warn(`a listener of onFeatureFlags threw: ${String(error)}`)
    }
  }

  function reload(): Promise<void> {
    seen = cache.whose()
    if (work.loading) return work.loading
    const own = load().finally(() => {
      if (work.loading === own) work.loading = undefined
    })
    work.loading = own
    return own
  }

  /** Asks in the background, unless something else has asked by then. */
  function askLater(ms: number): void {
    if (work.later) return
    const goesOn = untilStopped()
    work.later = clock.timer(ms)
    void work.later.done.then(() => {
      work.later = undefined
      if (goesOn() && pause.isOver() && cache.current()?.at === undefined) void reload()
    })
  }

  /** The flags of the present person. They are served at once where they are known, and asked for anew meanwhile. */
  async function ownFlags(fresh: boolean, key?: string): Promise<Found> {
    const known = cache.current()
    const answeredAt = known?.at
    // `bootstrap` need not have all flags.
    const has = known && !(known.first && key !== undefined && !cache.bootstrapped(key))
    if (known && has && (answeredAt !== undefined || !fresh) && cache.fit(known, present())) {
      if (known.first) askLater(BOOTSTRAP_MS)
      else if (!(answeredAt && clock.now() - answeredAt < MAX_AGE_MS) && pause.isOver()) void reload()
    } else if (work.loading || pause.isOver()) await reload()
    const set = cache.current()
    return { set: fresh && set?.at === undefined ? undefined : set, error: pause.error }
  }

  /** Asks the server for flags of another person, or under given properties. The present person's flags load once. */
  async function setFor(options: FlagOptions, key?: string): Promise<Found> {
    if (isOfNobody(options)) return { error: OF_NOBODY }
    const special = options.forceRemote || options.distinctId || options.groups || options.personProperties
    if (!special && !options.groupProperties && options.disableGeoip === undefined) {
      return ownFlags(options.fresh === true, key)
    }
    if (!options.distinctId && !pause.isOver()) return { error: pause.error }
    const answer = await requests.ask(requests.body(options, key === undefined ? undefined : [key]), untilStopped())
    if (typeof answer !== 'string') return { set: answer }
    if (!options.distinctId) pause.failed(answer)
    return { error: answer }
  }

  async function flagOf(key: string, options: FlagOptions): Promise<Flag | undefined> {
    const goesOn = untilStopped()
    const { set, error } = await setFor(options, key)
    const flag = set?.flags[key]
    if (options.sendEvent !== false && goesOn() && error !== OF_NOBODY) {
      const { distinctId, groups } = ports.person()
      const own = set && 'of' in set ? (set as KnownFlags) : undefined
      calls.note({
        key,
        flag,
        set,
        error,
        distinctId: options.distinctId ?? distinctId,
        groups: options.groups ?? groups,
        bootstrapped: own || !set ? cache.bootstrapped(key) : undefined,
        unanswered: own?.at === undefined,
      })
    }
    return flag
  }

  function stop(): void {
    work.stops += 1
    work.loading = undefined
    work.later?.cancel()
    work.later = undefined
    calls.forget()
  }

  return {
    value: async (key, options) => (await flagOf(key, optionsOf(options)))?.value,
    async result(key, options) {
      const flag = await flagOf(key, optionsOf(options))
      if (!flag) return undefined
      const { value, payload } = flag
      return {
        key,
        enabled: value !== false,
        ...(typeof value === 'string' ? { variant: value } : {}),
        ...(payload === undefined ? {} : { payload }),
      }
    },
    payload: async (key, options) => (await setFor(optionsOf(options), key)).set?.flags[key]?.payload,
    async all(options) {
      const { set } = await setFor(optionsOf(options))
      const entries = Object.entries(set?.flags ?? {}).filter(([, { payload }]) => payload !== undefined)
      return {
        flags: valuesOf(set?.flags ?? {}),
        payloads: Object.fromEntries(entries.map(([key, { payload }]) => [key, payload])),
      }
    },
    async reload() {
      return limit.allows() ? reload() : warn(TOO_OFTEN)
    },
    ...givenProperties(ports),
    listen(listener) {
      listeners.add(listener)
      const already = cache.current()
      if (already) callListener(listener, already.flags)
      // A client that knows no person has no flags to ask for.
      if (context && already?.at === undefined) askLater(already?.first ? BOOTSTRAP_MS : LISTENER_MS)
      return () => listeners.delete(listener)
    },
    inForce() {
      const known = cache.current()
      if (!known) return {}
      if (told.known !== known) told = { known, properties: propertiesOf(known.flags) }
      return told.properties
    },
    async look(elsewhere = false) {
      // What one task changes is asked for once.
      await undefined
      const whose = cache.whose()
      const isAnother = whose !== seen
      const isReset = anonymousIdOf(whose) !== anonymousIdOf(seen)
      seen = whose
      if (isReset) {
        stop()
        cache.forget()
        tell({})
      }
      const known = cache.current()
      if (!allowed() || (elsewhere && (known || !isAnother))) return
      if (isAnother || (known && !cache.fit(known, present()) && pause.isOver())) await reload()
    },
    stop,
  }
}

const anonymousIdOf = (whose: string): unknown => JSON.parse(whose)[0]

function propertiesOf(flags: FlagSet['flags']): Properties {
  const keys = Object.keys(flags)
  const properties: Properties = { $active_feature_flags: keys.filter((key) => flags[key]?.value !== false) }
  for (const key of keys) properties[`$feature/${key}`] = flags[key]?.value
  return properties
}
