/** When a failed batch is tried again (docs/protocol.md §3.2). */

import { MAX_DELAY } from '../base/limits'
import type { Millis, Random } from '../base/ports'
import type { TransportSettings } from '../config/settings'
import { retryAfterMs } from '../protocol/retry-after'
import type { OpenQueue } from './open-queue'
import type { QueueRecord } from './records'

export interface Failure {
  /** Requests of this batch that have failed in a row, this one included. */
  failures: number
  retryAfter: string | null
}

export interface Pause {
  delayMs: number
  /** The pause is from a `Retry-After`: `flush` does not cut it short (docs/protocol.md §4.5). */
  fromRetryAfter: boolean
}

/** The most that jitter adds to a pause, as a share of it. The first retry never comes before `retryInitialBackoff`. */
const JITTER = 0.2

/** The pause after so many failures in a row: doubled for each, up to `retryMaxBackoff`. */
export function backoff(failures: number, { retryInitialBackoff, retryMaxBackoff }: TransportSettings): number {
  // 2 ** 1024 is Infinity, and 0 * Infinity is NaN.
  return Math.min(retryInitialBackoff * 2 ** Math.min(failures - 1, 40), retryMaxBackoff)
}

/** No pause is longer than this, in ms. */
export const longestPause = ({ retryInitialBackoff, retryMaxBackoff }: TransportSettings) =>
  retryMaxBackoff * (1 + JITTER) + retryInitialBackoff

/**
 * The time until which something waits. A time further ahead than the longest pause was stored before the clock was set
 * back, and counts as now.
 */
export const waitsUntil = ({ record, now }: OpenQueue, time: Millis): Millis =>
  time > now + longestPause(patient(record)) ? now : time

/** After so many failures in a row that came at once, and so many ms, something on the device stops the requests. */
const BLOCKED_FAILURES = 8
const BLOCKED_AFTER_MS = 60_000

/**
 * The longest pause of a queue whose requests are stopped on the device, in ms: that may last for as long as the visit.
 */
const BLOCKED_PAUSE_MS = 300_000

/**
 * Whether all requests are stopped, most likely by a content blocker: in an outage they fail more slowly, or not all
 * alike.
 */
export const isBlocked = ({ instantFailures, instantSince, failedAt }: QueueRecord): boolean =>
  instantFailures >= BLOCKED_FAILURES && failedAt - instantSince >= BLOCKED_AFTER_MS

/** The settings by which a queue as a whole pauses. */
export function patient(record: QueueRecord): TransportSettings {
  const { settings } = record.config
  const retryMaxBackoff = Math.max(settings.retryMaxBackoff, BLOCKED_PAUSE_MS)
  return isBlocked(record) ? { ...settings, retryMaxBackoff } : settings
}

export function pauseAfter(
  { failures, retryAfter }: Failure,
  settings: TransportSettings,
  now: Millis,
  random: Random,
): Pause {
  const own = backoff(failures, settings) * (1 + JITTER * random())
  const asked = Math.min(retryAfterMs(retryAfter, now) ?? 0, settings.retryMaxBackoff)
  return { delayMs: Math.round(Math.min(Math.max(own, asked), MAX_DELAY)), fromRetryAfter: asked > 0 }
}

/**
 * The pause in ms before a batch is sent again whose request a page left behind: the server may have taken it. The
 * pause doubles with each request, so that a visitor who clicks on does not send the batch once for each page.
 */
const ABANDONED_MS = 5_000

/**
 * The pause before a batch is sent again whose request a page left behind.
 *
 * @param requests how many the pause counts: all of the batch where its page has died, else those that failed in a row
 */
export const abandonedPause = (requests: number, settings: TransportSettings): number =>
  Math.min(ABANDONED_MS * 2 ** Math.min(requests - 1, 40), longestPause(settings))
