/** The transport's options, read from whatever a caller or a stored record gives. */

import type { CaptureMode, WireFormat } from './event'
import { MAX_DELAY } from './limits'

export const DEFAULT_HOST = 'https://us.i.posthog.com'

/** Options of the transport. Sizes are in UTF-16 code units of the serialized events: bytes, for ASCII. */
export interface TransportSettings {
  /** Events in a lane that make it send at once. Default 100, at least 1. */
  flushAt: number
  /** ms from the moment a lane is no longer empty to its send. Default 5000, at most one day; 0 sends at once. */
  flushInterval: number
  /** Events in a request. Default 100, at least 1. */
  maxBatchSize: number
  /** Size of a request's events before compression. Default 1 MiB; an event alone may exceed it. */
  maxBatchBytes: number
  /** Events not yet delivered or dropped. Default 10,000. At the bound new events are dropped; 0 drops all. */
  maxQueueSize: number
  /** Size of those. Default 32 MiB. */
  maxQueueBytes: number
  /** ms after which an event is given up. Default 7 days: Safari keeps script-written storage no longer. */
  maxEventAge: number
  /** Size of one event. Default 1,000,000: the server discards larger ones. */
  maxEventBytes: number
  /** ms for one request. Default 30,000. */
  requestTimeout: number
  /** ms for `shutdown()`. Default 30,000. */
  shutdownTimeout: number
  /** Answered failures after the first that a batch may have. Default unlimited: `maxEventAge` ends it. */
  maxRetries: number
  /** ms before the first retry; doubled for each further one. Default 200. */
  retryInitialBackoff: number
  /** ms that the doubling and a server's `Retry-After` are cut to. Default 30,000. */
  retryMaxBackoff: number
  /** Requests in flight at once. Default 3. */
  maxConcurrentRequests: number
  /** Default `'gzip'`. `'deflate'` exists in v1 alone. */
  compression: 'gzip' | 'deflate' | 'none'
  /** Sent with each request behind a first-party proxy. Default none. Needs `host` to allow them (CORS). */
  requestHeaders: Record<string, string>
}

const DAY = 86_400_000
const MIB = 1_048_576

type NumberName = {
  [K in keyof TransportSettings]: TransportSettings[K] extends number ? K : never
}[keyof TransportSettings]

export interface Bounds {
  default: number
  min: number
  max: number
}

const NUMBERS: Record<NumberName, Bounds> = {
  flushAt: { default: 100, min: 1, max: 1_000_000 },
  flushInterval: { default: 5_000, min: 0, max: MAX_DELAY },
  maxBatchSize: { default: 100, min: 1, max: 10_000 },
  maxBatchBytes: { default: MIB, min: 1, max: 20 * MIB },
  maxQueueSize: { default: 10_000, min: 0, max: 10_000_000 },
  maxQueueBytes: { default: 32 * MIB, min: 0, max: 1024 * MIB },
  maxEventAge: { default: 7 * DAY, min: 0, max: 365 * DAY },
  maxEventBytes: { default: 1_000_000, min: 1, max: 20 * MIB },
  requestTimeout: { default: 30_000, min: 1, max: MAX_DELAY },
  shutdownTimeout: { default: 30_000, min: 0, max: MAX_DELAY },
  maxRetries: { default: Number.POSITIVE_INFINITY, min: 0, max: Number.POSITIVE_INFINITY },
  retryInitialBackoff: { default: 200, min: 0, max: MAX_DELAY },
  retryMaxBackoff: { default: 30_000, min: 0, max: MAX_DELAY },
  maxConcurrentRequests: { default: 3, min: 1, max: 16 },
}

const COMPRESSIONS = ['gzip', 'deflate', 'none'] as const

export type Warn = (message: string) => void

/** Reads every option, clamping numbers. What is not usable becomes its default, with a warning each. */
export function readSettings(raw: unknown, warn: Warn): TransportSettings {
  const given = asRecord(raw)
  const settings = {} as TransportSettings
  for (const name of Object.keys(NUMBERS) as NumberName[]) settings[name] = readNumber(name, given[name], warn)
  settings.compression = oneOf('compression', COMPRESSIONS, given.compression, 'gzip', warn)
  settings.requestHeaders = readHeaders(given.requestHeaders, warn)
  return settings
}

function readNumber(name: NumberName, value: unknown, warn: Warn): number {
  return readBounded(name, value, NUMBERS[name], warn)
}

/** A whole number within its bounds; what is no number at all is the default, with a warning. */
export function readBounded(name: string, value: unknown, bounds: Bounds, warn: Warn): number {
  if (value === undefined || value === null) return bounds.default
  const usable = typeof value === 'number' && value >= 0 && (Number.isFinite(value) || value === bounds.max)
  if (!usable) {
    warn(`${name} must be a number of at least ${bounds.min}, got ${show(value)}; using ${bounds.default}`)
    return bounds.default
  }
  return Math.min(Math.max(Math.floor(value), bounds.min), bounds.max)
}

export function oneOf<T extends string>(
  name: string,
  allowed: readonly T[],
  value: unknown,
  otherwise: T,
  warn: Warn,
): T {
  if (value === undefined || value === null) return otherwise
  if (allowed.includes(value as T)) return value as T
  warn(`${name} must be one of ${allowed.join(', ')}, got ${show(value)}; using ${otherwise}`)
  return otherwise
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
const HEADER_VALUE = /^[\t\x20-\x7e]*$/

function readHeaders(raw: unknown, warn: Warn): Record<string, string> {
  const usable = Object.entries(readable(raw, 'requestHeaders', warn)).filter((header): header is [string, string] => {
    const [name, value] = header
    if (typeof value === 'string' && HEADER_NAME.test(name) && HEADER_VALUE.test(value)) return true
    warn(`requestHeaders: ${show(name)} is not a header name with a string value; leaving it out`)
    return false
  })
  return Object.fromEntries(usable)
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** A plain copy of what a caller gave, without what throws when it is read. */
export function readable(value: unknown, what: string, warn: Warn): Record<string, unknown> {
  const copy = new Map<string, unknown>()
  const given = asRecord(value)
  try {
    // Inherited ones too: somebody may extend defaults of their own.
    for (const name in given) {
      try {
        copy.set(name, given[name])
      } catch {
        warn(`${what}: ${show(name)} cannot be read; going on without it`)
      }
    }
  } catch {
    warn(`${what} cannot be read; going on without`)
  }
  return Object.fromEntries(copy)
}

export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, 80))
    // Its text could be as long as memory.
    return Array.isArray(value) ? `an array of ${value.length}` : String(value).slice(0, 80)
  } catch {
    // Objects without a prototype, or with a toString that throws.
    return typeof value
  }
}

/** Where a queue's events go, and how. Stored with the queue, so that a worker can drain it with no page open. */
export interface QueueConfig {
  apiKey: string
  /** Without trailing slashes. */
  host: string
  /**
   * Whether requests may carry headers. `simple` ones need no CORS preflight, which PostHog's servers ask anew for
   * every batch; `headers` are for v1, first-party proxies and Node.
   */
  style: 'simple' | 'headers'
  settings: TransportSettings
}

/** Names a queue: one per project, shared by all tabs and workers of an origin. */
export function queueKey(config: { apiKey: string; host: string }): string {
  return `${config.apiKey} ${config.host}`
}

/** The project token trimmed, or `undefined` where there is none. The server's are ASCII without spaces (§1.1). */
export function readApiKey(value: unknown): string | undefined {
  const key = typeof value === 'string' ? value.trim() : ''
  return /^[\x21-\x7e]{1,200}$/.test(key) ? key : undefined
}

const MAX_HOST = 2_000

/** An absolute http(s) URL without trailing slashes; PostHog's app hosts become its ingestion hosts (§1.1). */
export function readHost(value: unknown, warn: Warn): string {
  if (value === undefined || value === null) return DEFAULT_HOST
  const text = typeof value === 'string' ? value.trim().replace(/\/+$/, '') : ''
  if (text === '') {
    if (value !== '') warn(`host must be a URL, got ${show(value)}; using ${DEFAULT_HOST}`)
    return DEFAULT_HOST
  }
  const authority = /^https?:\/\/([^\s/?#\\]+)[^\s?#\\]*$/i.exec(text)?.[1]
  // A request to such a URL is refused by fetch, and a password is not to be shown.
  if ((authority ?? text).includes('@')) {
    warn(`host must not carry a user name or a password; using ${DEFAULT_HOST}`)
    return DEFAULT_HOST
  }
  if (authority === undefined || text.length > MAX_HOST) {
    warn(`host must be an absolute http(s) URL, got ${show(value)}; using ${DEFAULT_HOST}`)
    return DEFAULT_HOST
  }
  return APP_HOSTS[text.toLowerCase()] ?? text
}

const APP_HOSTS: Record<string, string> = {
  'https://app.posthog.com': DEFAULT_HOST,
  'https://us.posthog.com': DEFAULT_HOST,
  'https://eu.posthog.com': 'https://eu.i.posthog.com',
}

/** A queue's config from a message or a stored record, or `undefined` for what is none. */
export function readQueueConfig(raw: unknown): QueueConfig | undefined {
  const { apiKey, host, style, settings } = asRecord(raw)
  const key = readApiKey(apiKey)
  if (!key || typeof host !== 'string' || !/^https?:\/\//i.test(host)) return undefined
  if (host.length > MAX_HOST || (style !== 'simple' && style !== 'headers')) return undefined
  return { apiKey: key, host, style, settings: readSettings(settings, () => undefined) }
}

export const CAPTURE_MODES = ['v0', 'v1'] as const satisfies readonly CaptureMode[]

export const WIRE_FORMATS = [...CAPTURE_MODES, 'ai'] as const satisfies readonly WireFormat[]
