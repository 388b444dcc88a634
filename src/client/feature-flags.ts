/** Feature flags (protocol.md §8). Loaded late: a page that asks for no flag does not load it. */

import type { Properties } from '../core/event'
import type { Clock, Sender } from '../core/ports'
import type { QueueConfig } from '../core/settings'
import { type FlagAnswer, type FlagSet, type FlagValue, parseFlagAnswer, parseFlagSet } from './flag-answer'
import { createFlagCalls } from './flag-calls'
import type { KeyValueStore } from './person'
import type { FlagOptions } from './types'

export interface FlagPorts {
  queue: QueueConfig
  clock: Clock
  sender: Sender
  /** Keeps the flags for the next page. */
  store: KeyValueStore
  /** Whose flags, where a call does not say. */
  person(): { distinctId: string; anonymousId?: string; groups: Record<string, string> }
  disableGeoip: boolean
  timeoutMs: number
  maxRetries: number
  capture(event: string, properties: Properties, options: { distinctId: string }): void
  warn(message: string): void
}

export interface FeatureFlags {
  value(key: string, options?: FlagOptions): Promise<FlagValue | undefined>
  payload(key: string, options?: FlagOptions): Promise<unknown>
  all(options?: FlagOptions): Promise<Record<string, FlagValue>>
  reload(): Promise<void>
  /** Called with what is known, if anything is, and after every reload. Returns the function that ends it. */
  listen(listener: (flags: Record<string, FlagValue>) => void): () => void
  forget(): void
}

const KEY = 'flags'

/** Statuses after which a request is made again; anything else is an answer (§8). */
const RETRIED = new Set([502, 504])

/** Before the first retry, in ms; doubled for each further one (§10.19). */
const RETRY_MS = 300

export function createFeatureFlags(ports: FlagPorts): FeatureFlags {
  const { queue, clock, sender, store, warn } = ports
  const calls = createFlagCalls(ports.capture)
  const listeners = new Set<(flags: Record<string, FlagValue>) => void>()
  let known: FlagSet | undefined = parseFlagSet(store.get(KEY))
  let loading: Promise<void> | undefined

  function body(options: FlagOptions, keys: string[] | undefined): string {
    const { distinctId, anonymousId, groups } = ports.person()
    return JSON.stringify({
      token: queue.apiKey,
      distinct_id: options.distinctId ?? distinctId,
      groups: options.groups ?? groups,
      person_properties: options.personProperties ?? {},
      group_properties: options.groupProperties ?? {},
      geoip_disable: options.disableGeoip ?? ports.disableGeoip,
      ...(anonymousId ? { $device_id: anonymousId } : {}),
      ...(keys ? { flag_keys_to_evaluate: keys } : {}),
    })
  }

  /** The answer, or `undefined` with a warning: what is known stays as it is. */
  async function ask(options: FlagOptions, keys?: string[]): Promise<FlagAnswer | undefined> {
    const request = {
      url: `${queue.host}/flags/?v=2`,
      headers: { ...queue.settings.requestHeaders, 'Content-Type': 'application/json' },
      body: body(options, keys),
    }
    for (let retry = 0; ; retry++) {
      const outcome = await sender.send(request, { timeoutMs: ports.timeoutMs, readBody: true }).outcome
      const failed = outcome.kind === 'timeout' || outcome.kind === 'unreachable'
      const again = failed || (outcome.kind === 'reply' && RETRIED.has(outcome.status))
      if (again && retry < ports.maxRetries) {
        await clock.timer(RETRY_MS * 2 ** retry).done
        continue
      }
      const answer = outcome.kind === 'reply' && outcome.status < 300 ? parseFlagAnswer(outcome.body) : undefined
      if (!answer) warn(`feature flags could not be loaded (${'status' in outcome ? outcome.status : outcome.kind})`)
      return answer
    }
  }

  async function load(): Promise<void> {
    const answer = await ask({})
    if (!answer || answer.quotaLimited) return
    const previous = known
    known = answer.partial && previous ? { ...answer, flags: { ...previous.flags, ...answer.flags } } : answer
    store.set(KEY, JSON.stringify(known))
    for (const listener of listeners) tell(listener, known)
  }

  function tell(listener: (flags: Record<string, FlagValue>) => void, { flags }: FlagSet): void {
    try {
      listener(Object.fromEntries(Object.entries(flags).map(([key, { value }]) => [key, value])))
    } catch (error) {
      warn(`a listener of onFeatureFlags threw: ${String(error)}`)
    }
  }

  function reload(): Promise<void> {
    loading ??= load().finally(() => {
      loading = undefined
    })
    return loading
  }

  /** Flags of somebody else, or under other properties, are asked for; the page's own are loaded once. */
  async function setFor(key: string, options: FlagOptions): Promise<FlagAnswer | FlagSet | undefined> {
    const special = options.forceRemote || options.distinctId || options.groups || options.personProperties
    if (special || options.groupProperties || options.disableGeoip !== undefined) return ask(options, [key])
    if (!known) await reload()
    return known
  }

  return {
    async value(key, options = {}) {
      const set = await setFor(key, options)
      const flag = set?.flags[key]
      if (options.sendEvent !== false) {
        const { distinctId, groups } = ports.person()
        calls.note({ key, flag, set, distinctId: options.distinctId ?? distinctId, groups: options.groups ?? groups })
      }
      return flag?.value
    },
    payload: async (key, options = {}) => (await setFor(key, options))?.flags[key]?.payload,
    async all(options = {}) {
      const special = Object.keys(options).length > 0
      if (!special && !known) await reload()
      const set = special ? await ask(options) : known
      return Object.fromEntries(Object.entries(set?.flags ?? {}).map(([key, { value }]) => [key, value]))
    },
    reload,
    listen(listener) {
      listeners.add(listener)
      if (known) tell(listener, known)
      return () => listeners.delete(listener)
    },
    forget() {
      known = undefined
      store.remove(KEY)
      calls.forget()
    },
  }
}
