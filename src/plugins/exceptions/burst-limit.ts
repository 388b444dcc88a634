/**
 * How many exceptions of one kind are captured: a burst, and then one from time to time. An error in code that runs on
 * each frame would fill the queue otherwise.
 */

/** How many of one kind are captured at once, as in posthog-js. */
export const BURST = 10
/** After how long another one of the kind may follow, in ms, as in posthog-js. */
const REFILL_MS = 10_000
/** The most kinds of a page. All others are one kind together, so there is an end to them, too. */
const MAX_KINDS = 100

export interface Limit {
  /** How many exceptions of each kind may still be captured, and since when, in ms. */
  buckets: Map<string, { tokens: number; at: number }>
  /** How many of one kind are captured at once. */
  burst: number
}

/** Whether another exception of this kind may be captured at this time. It counts as captured then. */
export function takeToken({ buckets, burst }: Limit, kind: string, now: number): boolean {
  const key = buckets.has(kind) || buckets.size < MAX_KINDS ? kind : ''
  const bucket = buckets.get(key) ?? { tokens: burst, at: now }
  buckets.set(key, bucket)
  // Negative where the clock was set back: the time counts anew from then on.
  const more = Math.floor((now - bucket.at) / REFILL_MS)
  bucket.at = more < 0 ? now : bucket.at + more * REFILL_MS
  const left = Math.min(burst, bucket.tokens + Math.max(0, more)) - 1
  bucket.tokens = Math.max(0, left)
  return left >= 0
}
