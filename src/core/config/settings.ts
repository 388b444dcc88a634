/** The transport's options and a queue's config, parsed from a caller's value or from a stored record. */

import { MAX_DELAY } from '../base/limits'
import { asRecord } from '../base/values'
import { type Bounds, INTAKE_BOUNDS, MIB } from './numbers'
import { MAX_HOST, type QueueConfig, readApiKey } from './queue-config'
import { oneOf, readBounded, readHeaders, type Warn } from './read-option'

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
  /** Size of the events not yet delivered or dropped. Default 32 MiB. */
  maxQueueBytes: number
  /** ms after which an event is given up. Default 7 days: Safari keeps script-written storage no longer. */
  maxEventAge: number
  /** Size of one event. Default 1,000,000: the server discards larger ones. */
  maxEventBytes: number
  /** ms for one request. Default 30,000. */
  requestTimeout: number
  /** Retries of a batch after failures that the server answered. Default unlimited: `maxEventAge` ends them. */
  maxRetries: number
  /** ms before the first retry; doubled for each further one. Default 200. */
  retryInitialBackoff: number
  /** ms that the doubling and a server's `Retry-After` are cut to. Default 30,000. */
  retryMaxBackoff: number
  /** Requests in flight at once. Default 3. */
  maxConcurrentRequests: number
  /** Default `'gzip'`. `'deflate'` exists in v1 alone. */
  compression: 'gzip' | 'deflate' | 'none'
  /** Headers for each request, for a first-party proxy. Default none. Across origins `host` must allow them (CORS). */
  requestHeaders: Record<string, string>
}

const DAY = 86_400_000

type NumberName = {
  [K in keyof TransportSettings]: TransportSettings[K] extends number ? K : never
}[keyof TransportSettings]

const NUMBERS: Record<NumberName, Bounds> = {
  ...INTAKE_BOUNDS,
  flushAt: [100, 1, 1_000_000],
  flushInterval: [5_000, 0, MAX_DELAY],
  maxBatchSize: [100, 1, 10_000],
  maxBatchBytes: [MIB, 1, 20 * MIB],
  maxEventAge: [7 * DAY, 0, 365 * DAY],
  requestTimeout: [30_000, 1, MAX_DELAY],
  maxRetries: [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY],
  retryInitialBackoff: [200, 0, MAX_DELAY],
  retryMaxBackoff: [30_000, 0, MAX_DELAY],
  maxConcurrentRequests: [3, 1, 16],
}

const COMPRESSIONS = ['gzip', 'deflate', 'none'] as const

/** Parses every option and brings numbers within bounds. An unusable value becomes the default, with a warning. */
export function readSettings(raw: unknown, warn: Warn): TransportSettings {
  const given = asRecord(raw)
  const settings = {} as TransportSettings
  for (const name of Object.keys(NUMBERS) as NumberName[]) {
    settings[name] = readBounded(name, given[name], NUMBERS[name], warn)
  }
  settings.compression = oneOf('compression', COMPRESSIONS, given.compression, 'gzip', warn)
  settings.requestHeaders = readHeaders(given.requestHeaders, warn)
  return settings
}

/** Parses a queue's config from a message or a stored record. `undefined` for a value that is none. */
export function readQueueConfig(raw: unknown, warn: Warn = () => undefined): QueueConfig | undefined {
  const { apiKey, host, style, settings } = asRecord(raw)
  const key = readApiKey(apiKey)
  if (!key || typeof host !== 'string' || !/^https?:\/\//i.test(host)) return undefined
  if (host.length > MAX_HOST || (style !== 'simple' && style !== 'headers')) return undefined
  return { apiKey: key, host, style, settings: readSettings(settings, warn) }
}
