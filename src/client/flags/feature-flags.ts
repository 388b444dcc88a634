/** Feature flags (docs/protocol.md §8). Loaded with the first call about a flag. */

import type { Clock, Sender } from '../../core/base/ports'
import type { QueueConfig } from '../../core/config/queue-config'
import type { Properties } from '../../core/event/event'
import type { Log } from '../first/log'
import type { KeyValueStore } from '../first/person'
import type { FlagContext } from '../late/flag-context'
import type { CommonOptions, FlagOptions, FlagResult } from '../types'
import { callOptionsReader, type Naming } from './call-options'
import type { Flag, FlagSet, FlagValue } from './flag-answer'
import { createFlagCache, type KnownFlags } from './flag-cache'
import { type CaptureFlagCall, createFlagCalls } from './flag-calls'
import { createFlagListeners, valuesOf } from './flag-listeners'
import { createFlagRequests } from './flag-requests'
import { type GivenProperties, givenProperties } from './given-properties'
import { createOfNobody, OF_NOBODY } from './of-nobody'
import { createOwnFlags, type Found } from './own-flags'
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
  /** The properties that were just set of the present person. Absent where the client knows no person. */
  context?: FlagContext
  /** Whether the server may be asked: the person has not opted out, and the client is not shut down. */
  allowed(): boolean
  disableGeoip: boolean
  /** Writes JSON as for an event, under the same mask. */
  write(value: object): string
  /** The options as `init` was given them, not yet parsed. */
  options: CommonOptions
  capture: CaptureFlagCall
  warn(message: string): void
  warnOf: Log['warnOf']
}

export interface FeatureFlags extends GivenProperties {
  /** @param method the one that was called */
  value(key: string, options?: FlagOptions, method?: Naming): Promise<FlagValue | undefined>
  result(key: string, options?: FlagOptions): Promise<FlagResult | undefined>
  payload(key: string, options?: FlagOptions): Promise<unknown>
  all(options?: FlagOptions): Promise<{ flags: Record<string, FlagValue>; payloads: Record<string, unknown> }>
  reload(): Promise<void>
  /** Calls the listener with the known flags, if any, and after every reload. Returns a function that removes it. */
  listen(listener: (flags: Record<string, FlagValue>) => void): () => void
  /** The properties that each event carries: the flags in force, if they are known. */
  inForce(): Properties
  /**
   * Looks whether the person, the groups or their properties are others now, and asks for the flags of these.
   * `elsewhere`: another tab has changed them, and asks itself.
   */
  look(elsewhere?: boolean): Promise<void>
  /** Ends retries, ignores answers that are still to come, and forgets which calls were captured. Known flags stay. */
  stop(): void
}

export function createFeatureFlags(ports: FlagPorts): FeatureFlags {
  const { clock, warn, context, allowed } = ports
  const requests = createFlagRequests(ports)
  const present = () => requests.body({})
  const cache = createFlagCache(ports, present)
  const calls = createFlagCalls(ports.capture)
  const pause = createPause(clock)
  /**
   * The pause for all persons whom options name. A failure for one of them says nothing of the present person's flags,
   * which have a pause of their own.
   */
  const pauseOfOthers = createPause(clock)
  const limit = createReloadLimit(clock)
  const isOfNobody = createOfNobody(ports.person, warn)
  const optionsOf = callOptionsReader(ports.warnOf)
  const listeners = createFlagListeners(warn)
  const own = createOwnFlags({ clock, allowed, requests, cache, calls, pause, present, tell: listeners.tell })
  let told: { known?: KnownFlags; properties: Properties } = { properties: {} }

  /** Asks the server for flags of another person, or under given properties. The present person's flags load once. */
  async function setFor(options: FlagOptions, key?: string): Promise<Found> {
    if (isOfNobody(options)) return { error: OF_NOBODY }
    const special = options.forceRemote || options.distinctId || options.groups || options.personProperties
    if (!special && !options.groupProperties && options.disableGeoip === undefined) {
      return own.find(options.fresh === true, key)
    }
    const isOther = options.distinctId !== undefined && options.distinctId !== ports.person().distinctId
    const itsPause = isOther ? pauseOfOthers : pause
    if (!itsPause.isOver()) return { error: itsPause.error }
    return ask(options, key === undefined ? undefined : [key], isOther ? undefined : own.untilStopped())
  }

  /** @param goesOn whether it is still the same person; absent where the options name another one */
  async function ask(options: FlagOptions, keys?: string[], goesOn?: () => boolean): Promise<Found> {
    const body = requests.body(options, keys)
    const answer = await requests.ask(body, goesOn ?? own.untilStopped())
    // The person was reset or has refused meanwhile: no caller is given an answer about that person.
    if (goesOn?.() === false) return {}
    // Person, groups or properties have changed meanwhile, so the flags are asked for again.
    if (goesOn && body !== requests.body(options, keys)) return ask(options, keys, goesOn)
    const error = typeof answer === 'string' ? answer : answer.quotaLimited && 'quota_limited'
    const itsPause = goesOn ? pause : pauseOfOthers
    if (error) itsPause.failed(error)
    // A success with given properties does not say that the present person's flags can be had, which `own` finds out.
    else if (!goesOn) itsPause.end()
    return typeof answer === 'string' ? { error: answer } : { set: answer }
  }

  async function flagOf(key: string, options: FlagOptions): Promise<Flag | undefined> {
    const goesOn = own.untilStopped()
    const { set, error } = await setFor(options, key)
    const flag = set?.flags[key]
    if (options.sendEvent !== false && goesOn() && error !== OF_NOBODY) {
      const { distinctId, groups } = ports.person()
      const known = set && 'of' in set ? (set as KnownFlags) : undefined
      calls.note({
        key,
        flag,
        set,
        error,
        distinctId: options.distinctId ?? distinctId,
        groups: options.groups ?? groups,
        bootstrapped: known || !set ? cache.bootstrapped(key) : undefined,
        unanswered: known?.at === undefined,
      })
    }
    return flag
  }

  return {
    value: async (key, options, method = 'getFeatureFlag') => (await flagOf(key, optionsOf(options, method)))?.value,
    async result(key, options) {
      const flag = await flagOf(key, optionsOf(options, 'getFeatureFlagResult'))
      if (!flag) return undefined
      const { value, payload } = flag
      return {
        key,
        enabled: value !== false,
        ...(typeof value === 'string' ? { variant: value } : {}),
        ...(payload === undefined ? {} : { payload }),
      }
    },
    payload: async (key, options) =>
      (await setFor(optionsOf(options, 'getFeatureFlagPayload'), key)).set?.flags[key]?.payload,
    async all(options) {
      const { set } = await setFor(optionsOf(options, 'getFeatureFlags'))
      const entries = Object.entries(set?.flags ?? {}).filter(([, { payload }]) => payload !== undefined)
      return {
        flags: valuesOf(set?.flags ?? {}),
        payloads: Object.fromEntries(entries.map(([key, { payload }]) => [key, payload])),
      }
    },
    async reload() {
      return limit.allows() ? own.reload() : warn(TOO_OFTEN)
    },
    ...givenProperties(ports),
    listen(listener) {
      const remove = listeners.add(listener)
      const already = cache.current()
      // Where the server has given no flags, the listener is told that there are none for now.
      if (already || pause.error) listeners.tell(already?.flags ?? {}, [listener])
      // A client that knows no person has no flags to ask for.
      if (context) own.askForListener()
      return remove
    },
    inForce() {
      const known = cache.current()
      if (!known) return {}
      if (told.known !== known) told = { known, properties: propertiesOf(known.flags) }
      return told.properties
    },
    look: own.look,
    stop: own.stop,
  }
}

function propertiesOf(flags: FlagSet['flags']): Properties {
  const keys = Object.keys(flags)
  const properties: Properties = { $active_feature_flags: keys.filter((key) => flags[key]?.value !== false) }
  for (const key of keys) properties[`$feature/${key}`] = flags[key]?.value
  return properties
}
