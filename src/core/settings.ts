/** The transport's options, read from whatever a caller or a stored record gives. */

import { MAX_DELAY } from './limits'
import { asRecord, show } from './values'

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
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(asRecord(raw))) {
    if (typeof value === 'string' && HEADER_NAME.test(name) && HEADER_VALUE.test(value)) headers[name] = value
    else warn(`requestHeaders: ${show(name)} is not a header name with a string value; leaving it out`)
  }
  return headers
}
