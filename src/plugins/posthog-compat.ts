/** The methods of posthog-js under their own names, for code that was written for it. */

import type { BeforeSend, FlagValue } from '../client/types'
import type { Properties } from '../core/event/event'
import type { Outlast, OutlastOptions } from '../page/types'
import { type PostHogEvent, personProperties } from './posthog-js'

type Init = (apiKey: string, options?: OutlastOptions) => Outlast
type Hook = (event: PostHogEvent) => PostHogEvent | null

/** The options of posthog-js that have an effect here. All other ones are ignored, with a warning. */
export interface PostHogConfig {
  /** The option `host`. Default `https://us.i.posthog.com`. */
  api_host?: string
  /** The option `bootstrap`: the distinct id of a person who is seen for the first time. */
  bootstrap?: { distinctID?: string }
  /** `'memory'` stores nothing on the device. All other values store what the browser lets be stored. */
  persistence?: string
  /** `true` stores nothing on the device. Default `false`. */
  disable_persistence?: boolean
  /** `true` opts the person out in `init`. Default `false`. */
  opt_out_capturing_by_default?: boolean
  /** Captures `$pageview` in `init`; the app captures those of navigation by `history` itself. Default `true`. */
  capture_pageview?: boolean
  /** `true` loads no feature flags in `init`. Default `false`. */
  advanced_disable_flags?: boolean
  /** One hook or a chain, which may change or drop (return null) each event. Fail closed. */
  before_send?: Hook | Hook[]
  /** Logs what happens to each event. Default `false`. */
  debug?: boolean
  /** Called at the end of `init`. */
  loaded?: (posthog: PostHogLike) => void
}

/**
 * Methods of posthog-js, with its names and meanings. Methods that return nothing and are called before `init` wait for
 * `init`. Feature flags have the values that were loaded last.
 */
export interface PostHogLike {
  init(apiKey: string, config?: PostHogConfig): PostHogLike
  capture(event: string, properties?: Properties, options?: { timestamp?: Date; uuid?: string }): void
  identify(distinctId: string, set?: Properties, setOnce?: Properties): void
  alias(alias: string): void
  group(type: string, key: string, properties?: Properties): void
  setPersonProperties(set?: Properties, setOnce?: Properties): void
  register(properties: Properties): void
  unregister(name: string): void
  reset(): void
  get_distinct_id(): string
  get_session_id(): string
  opt_in_capturing(): void
  opt_out_capturing(): void
  has_opted_out_capturing(): boolean
  has_opted_in_capturing(): boolean
  getFeatureFlag(key: string): FlagValue | undefined
  isFeatureEnabled(key: string): boolean | undefined
  onFeatureFlags(listener: (names: string[], values: Record<string, FlagValue>) => void): () => void
  reloadFeatureFlags(): void
  debug(on?: boolean): void
  /** The client of outlast; `undefined` before `init`. */
  outlast: Outlast | undefined
}

export function createPostHogLike(init: Init): PostHogLike {
  const waiting: ((outlast: Outlast) => void)[] = []
  let outlast: Outlast | undefined
  let flags: Record<string, FlagValue> | undefined

  /** Calls `use` now, or as soon as `init` is called, as the snippet of posthog-js does. */
  const then = (use: (outlast: Outlast) => void): void => {
    if (outlast) use(outlast)
    else waiting.push(use)
  }

  const like: PostHogLike = {
    get outlast() {
      return outlast
    },
    init(apiKey, config = {}) {
      const client = init(apiKey, optionsOf(config))
      outlast = client
      if (config.opt_out_capturing_by_default) client.optOut()
      client.onFeatureFlags((values) => {
        flags = values
      })
      if (!config.advanced_disable_flags) void client.reloadFeatureFlags()
      for (const use of waiting.splice(0)) use(client)
      if (config.capture_pageview !== false) client.capture('$pageview')
      config.loaded?.(like)
      return like
    },
    capture: (event, properties, options) => then((client) => client.capture(event, properties, options)),
    identify: (id, set, setOnce) => then((client) => client.identify(id, set, setOnce)),
    alias: (alias) => then((client) => client.alias(alias)),
    group: (type, key, properties) => then((client) => client.group(type, key, properties)),
    setPersonProperties: (set = {}, setOnce) => then((client) => client.setPersonProperties(set, setOnce)),
    register: (properties) => then((client) => client.register(properties)),
    unregister: (name) => then((client) => client.unregister(name)),
    reset: () => then((client) => client.reset()),
    get_distinct_id: () => outlast?.getDistinctId() ?? '',
    get_session_id: () => outlast?.getSessionId() ?? '',
    opt_in_capturing: () => then((client) => client.optIn()),
    opt_out_capturing: () => then((client) => client.optOut()),
    has_opted_out_capturing: () => outlast?.isOptOut() ?? false,
    has_opted_in_capturing: () => outlast !== undefined && !outlast.isOptOut(),
    getFeatureFlag(key) {
      // The client is asked because that captures `$feature_flag_called`. Its answer is known already.
      if (flags) void outlast?.getFeatureFlag(key)
      return flags?.[key]
    },
    isFeatureEnabled(key) {
      const value = like.getFeatureFlag(key)
      return value === undefined ? undefined : value !== false
    },
    onFeatureFlags(listener) {
      let off: (() => void) | undefined
      let ended = false
      then((client) => {
        if (ended) return
        off = client.onFeatureFlags((values) => {
          const on = Object.keys(values).filter((name) => values[name])
          listener(on, values)
        })
      })
      return () => {
        ended = true
        off?.()
      }
    },
    reloadFeatureFlags: () => then((client) => void client.reloadFeatureFlags()),
    debug: (on) => then((client) => client.debug(on)),
  }
  return like
}

const KNOWN = new Set([
  'api_host',
  'bootstrap',
  'persistence',
  'disable_persistence',
  'opt_out_capturing_by_default',
  'capture_pageview',
  'advanced_disable_flags',
  'before_send',
  'debug',
  'loaded',
])

function optionsOf(config: PostHogConfig): OutlastOptions {
  const { api_host: host, bootstrap, persistence, disable_persistence: never, before_send: hooks, debug } = config
  const ignored = Object.keys(config).filter((name) => !KNOWN.has(name))
  if (ignored.length > 0) console.warn(`[outlast] options of posthog-js that do nothing here: ${ignored.join(', ')}`)
  return {
    ...(host === undefined ? {} : { host }),
    ...(bootstrap?.distinctID === undefined ? {} : { bootstrap: { distinctId: bootstrap.distinctID } }),
    ...(never || persistence === 'memory' ? { persistence: 'memory' as const } : {}),
    ...(debug === undefined ? {} : { debug }),
    beforeSend: [hooks ?? []].flat().map(asBeforeSend),
  }
}

/** Wraps a hook of posthog-js, which gets the distinct id as a property and the time as a `Date`. */
function asBeforeSend(hook: Hook): BeforeSend {
  return ({ distinctId, timestamp, ...event }) => {
    const given = { ...event.properties, distinct_id: distinctId }
    const returned = hook({ ...event, properties: given, timestamp: new Date(timestamp) })
    if (!returned) return null
    const { distinct_id: owner, ...properties } = { ...returned.properties, ...personProperties(returned) }
    return { ...event, ...returned, distinctId: owner as string, properties, timestamp }
  }
}
