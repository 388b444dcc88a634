/** When a failed batch is tried again (protocol.md §3.2). */

import { MAX_DELAY } from './limits'
import type { Millis, Random } from './ports'
import { retryAfterMs } from './retry-after'
import type { TransportSettings } from './settings'

export interface Failure {
  /** Requests of this batch that have failed in a row, this one included. */
  failures: number
  retryAfter: string | null
}

export interface Pause {
  delayMs: number
  /** Whether the server asked for it: `flush` does not cut such a pause short (§10.8). */
  byServer: boolean
}

/** Jitter only adds, and little: the first retry never comes before `retryInitialBackoff`. */
const JITTER = 0.2

export function pauseAfter(
  { failures, retryAfter }: Failure,
  { retryInitialBackoff, retryMaxBackoff }: TransportSettings,
  now: Millis,
  random: Random,
): Pause {
  // 2 ** 1024 is Infinity, and 0 * Infinity is NaN.
  const doubled = retryInitialBackoff * 2 ** Math.min(failures - 1, 40)
  const own = Math.min(doubled, retryMaxBackoff) * (1 + JITTER * random())
  const asked = Math.min(retryAfterMs(retryAfter, now) ?? 0, retryMaxBackoff)
  return { delayMs: Math.min(Math.max(own, asked), MAX_DELAY), byServer: asked > 0 }
}
