/** Feature flags (docs/protocol.md §8). Loaded with the first call about a flag. */

import type { Clock, Sender } from '../../core/base/ports'
import type { QueueConfig } from '../../core/config/queue-config'
import { asItIs } from '../../core/event/event'
import { FLAGS_KEY, type KeyValueStore } from '../first/person'
import type { CommonOptions, FlagOptions } from '../types'
import { type FlagAnswer, type FlagSet, type FlagValue, parseFlagSet } from './flag-answer'
import { type CaptureFlagCall, createFlagCalls } from './flag-calls'
import { createFlagRequests } from './flag-requests'

export interface FlagPorts {
  queue: Pick<QueueConfig, 'apiKey' | 'host'>
  clock: Clock
  sender: Sender
  /** Where the flags are kept for the next page. */
  store: Pick<KeyValueStore, 'get' | 'set' | 'remove'>
  /** The person whose flags are meant where a call names no distinct id. */
  person(): { distinctId: string; anonymousId?: string; groups: Record<string, string> }
  disableGeoip: boolean
  /** The options as `init` was given them, not yet parsed. */
  options: CommonOptions
  capture: CaptureFlagCall
  warn(message: string): void
}

export interface FeatureFlags {
  value(key: string, options?: FlagOptions): Promise<FlagValue | undefined>
  payload(key: string, options?: FlagOptions): Promise<unknown>
  all(options?: FlagOptions): Promise<Record<string, FlagValue>>
  reload(): Promise<void>
  /** Calls the listener with the known flags, if any, and after every reload. Returns a function that removes it. */
  listen(listener: (flags: Record<string, FlagValue>) => void): () => void
  /** Ends retries, ignores answers that are still to come, and forgets which calls were captured. Known flags stay. */
  stop(): void
  /** Stops, and forgets the known flags too, because the person is another one from now on. */
  forget(): void
}

const valuesOf = (flags: FlagSet['flags']): Record<string, FlagValue> =>
  Object.fromEntries(Object.entries(flags).map(([key, { value }]) => [key, value]))

export function createFeatureFlags(ports: FlagPorts): FeatureFlags {
  const { store, warn } = ports
  const requests = createFlagRequests(ports)
  const calls = createFlagCalls(ports.capture)
  const listeners = new Set<(flags: Record<string, FlagValue>) => void>()
  let known: FlagSet | undefined
  let loading: Promise<void> | undefined
  /** The number of stops so far. Work that began before a stop must not go on after it. */
  let stops = 0

  /** Returns a function that says whether there was no stop since. */
  function untilStopped(): () => boolean {
    const begun = stops
    return () => begun === stops
  }

  function whose(): string {
    const { distinctId, anonymousId = '' } = ports.person()
    return `${anonymousId} ${distinctId}`
  }

  /** The known flags of the present person. Another tab may have changed who that is. */
  function current(): FlagSet | undefined {
    const of = whose()
    if (known?.of !== of) known = parseFlagSet(store.get(FLAGS_KEY))
    if (known?.of !== of) known = undefined
    return known
  }

  async function load(): Promise<void> {
    const goesOn = untilStopped()
    const asked = requests.body({})
    const answer = await requests.ask(asked, goesOn)
    if (!goesOn()) return
    // Person or groups have changed meanwhile, so the flags are asked for again.
    if (asked !== requests.body({})) return load()
    if (!answer || answer.quotaLimited) return
    const previous = current()
    const flags = answer.partial && previous ? { ...previous.flags, ...answer.flags } : answer.flags
    known = { ...answer, flags: Object.assign(Object.create(null), flags), of: whose() }
    store.set(FLAGS_KEY, JSON.stringify(known, asItIs))
    for (const listener of listeners) callListener(listener, known)
  }

  function callListener(listener: (flags: Record<string, FlagValue>) => void, { flags }: FlagSet): void {
    try {
      listener(valuesOf(flags))
    } catch (error) {
      warn(`a listener of onFeatureFlags threw: ${String(error)}`)
    }
  }

  function reload(): Promise<void> {
    if (loading) return loading
    const own = load().finally(() => {
      if (loading === own) loading = undefined
    })
    loading = own
    return own
  }

  /** Asks the server for flags of another person, or under given properties. The present person's flags load once. */
  async function setFor(options: FlagOptions, keys?: string[]): Promise<FlagAnswer | FlagSet | undefined> {
    const special = options.forceRemote || options.distinctId || options.groups || options.personProperties
    if (special || options.groupProperties || options.disableGeoip !== undefined) {
      return requests.ask(requests.body(options, keys), untilStopped())
    }
    if (!current()) await reload()
    return current()
  }

  function stop(): void {
    stops += 1
    loading = undefined
    calls.forget()
  }

  return {
    async value(key, options = {}) {
      const goesOn = untilStopped()
      const set = await setFor(options, [key])
      const flag = set?.flags[key]
      if (options.sendEvent !== false && goesOn()) {
        const { distinctId, groups } = ports.person()
        calls.note({ key, flag, set, distinctId: options.distinctId ?? distinctId, groups: options.groups ?? groups })
      }
      return flag?.value
    },
    payload: async (key, options = {}) => (await setFor(options, [key]))?.flags[key]?.payload,
    async all(options = {}) {
      const set = await setFor(options)
      return valuesOf(set?.flags ?? {})
    },
    reload,
    listen(listener) {
      listeners.add(listener)
      const already = current()
      if (already) callListener(listener, already)
      return () => listeners.delete(listener)
    },
    stop,
    forget() {
      stop()
      known = undefined
      store.remove(FLAGS_KEY)
    },
  }
}
