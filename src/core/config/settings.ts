/** The transport's options, parsed from a caller's value or from a stored record. */

import { MAX_DELAY } from '../base/limits'
import { asRecord } from '../base/values'
import { type Bounds, EVENT_AGE, INTAKE_BOUNDS, MIB } from './numbers'
import { oneOf, readBounded, readHeaders, type Warn } from './read-option'

/**
 * Options of the transport. Sizes are in UTF-16 code units of the serialized events: bytes, for ASCII. A fraction is
 * cut off, and a number above its maximum, or a 0 below its minimum, becomes the nearest bound without a warning. A
 * negative number, `NaN`, `Infinity` (but for `maxRetries`) and any other unusable value becomes the default, with a
 * warning that names the option.
 */
export interface TransportSettings {
  /**
   * The number of pending events that makes the queue send at once. Default 100; 1 to 1,000,000.
   *
   * @example
   * init('phc_key', { flushAt: 20 })
   */
  flushAt: number
  /**
   * The longest time in ms from the first pending event to its request. Default 5,000; 0 (at once) to one day.
   *
   * @example
   * init('phc_key', { flushInterval: 1_000 })
   */
  flushInterval: number
  /**
   * The most events in a request. A request has more than 100 only while those before it were answered quickly, within
   * a second. Default 500; 1 to 10,000.
   *
   * @example
   * init('phc_key', { maxBatchSize: 50 })
   */
  maxBatchSize: number
  /**
   * The largest size of a request's events before compression. One event may exceed it. Default 1 MiB (1,048,576); 1 to
   * 20 MiB.
   *
   * @example
   * init('phc_key', { maxBatchBytes: 262_144 })
   */
  maxBatchBytes: number
  /**
   * The most pending events. New events beyond are dropped as `queue_full`, with a warning. Default 10,000; 0 (drops
   * all) to 10,000,000.
   *
   * @example
   * init('phc_key', { maxQueueSize: 2_000 })
   */
  maxQueueSize: number
  /**
   * The largest size of all pending events. New events beyond are dropped as `queue_full`, with a warning. Default 32
   * MiB (33,554,432); 0 (drops all) to 1 GiB.
   *
   * @example
   * init('phc_key', { maxQueueBytes: 4_194_304 })
   */
  maxQueueBytes: number
  /**
   * The age in ms at which a pending event is dropped as `expired`, or up to a tenth of that (at most an hour) sooner,
   * with the oldest event of its batch. Default 604,800,000, 7 days, because Safari keeps script-written storage no
   * longer; 0 to 365 days.
   *
   * @example
   * init('phc_key', { maxEventAge: 86_400_000 }) // a day
   */
  maxEventAge: number
  /**
   * The largest size of one event. A larger event is dropped as `too_large`. Default 1,000,000, because the server
   * discards larger ones; 1 to 20 MiB.
   *
   * @example
   * init('phc_key', { maxEventBytes: 100_000 })
   */
  maxEventBytes: number
  /**
   * How long in ms one request may take. The events of a request that takes longer are sent again later. Default
   * 30,000; 1 to one day.
   *
   * @example
   * init('phc_key', { requestTimeout: 10_000 })
   */
  requestTimeout: number
  /**
   * The most retries of a batch after failures that the server answered, or did not answer within `requestTimeout`.
   * After the last one the events of the batch are dropped as `attempts_exhausted`. A request that reaches no server
   * uses up no retry. Default `Infinity`, so that `maxEventAge` alone ends the retries; at least 0.
   *
   * @example
   * init('phc_key', { maxRetries: 10 })
   */
  maxRetries: number
  /**
   * The pause in ms before the first retry, which is doubled for each further one. Default 200; 0 to one day.
   *
   * @example
   * init('phc_key', { retryInitialBackoff: 1_000 })
   */
  retryInitialBackoff: number
  /**
   * Where the doubling of the pause between retries ends, in ms. Chance adds up to a fifth of a pause, and a queue whose
   * requests a content blocker stops waits up to 5 minutes. A server's `Retry-After` is cut to it too. Default 30,000; 0
   * to one day.
   *
   * @example
   * init('phc_key', { retryMaxBackoff: 300_000 })
   */
  retryMaxBackoff: number
  /**
   * The most requests in flight at once. Default 3; 1 to 16.
   *
   * @example
   * init('phc_key', { maxConcurrentRequests: 1 })
   */
  maxConcurrentRequests: number
  /**
   * How bodies are compressed. `'deflate'` exists in `captureMode: 'v1'` alone: in any other mode `'gzip'` is used,
   * with a warning. Where the browser cannot compress, bodies go as they are. Default `'gzip'`, also (with a warning)
   * for any other value.
   *
   * @example
   * init('phc_key', { compression: 'none' })
   */
  compression: 'gzip' | 'deflate' | 'none'
  /**
   * Headers that each request carries, for a first-party proxy. A header that is not valid, or that browsers set
   * themselves, is left out, with a warning. Default none.
   *
   * @example
   * init('phc_key', { host: '/ingest', requestHeaders: { 'X-Site': 'shop' } })
   */
  requestHeaders: Record<string, string>
}

type NumberName = {
  [K in keyof TransportSettings]: TransportSettings[K] extends number ? K : never
}[keyof TransportSettings]

const NUMBERS: Record<NumberName, Bounds> = {
  ...INTAKE_BOUNDS,
  flushAt: [100, 1, 1_000_000],
  flushInterval: [5_000, 0, MAX_DELAY],
  maxBatchSize: [500, 1, 10_000],
  maxBatchBytes: [MIB, 1, 20 * MIB],
  maxEventAge: EVENT_AGE,
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
