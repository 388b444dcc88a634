/**
 * How many exceptions of one kind are captured: a burst, and then one from time to time. An error in code that runs on each
 * frame would fill the queue otherwise.
 */

/** How many of one kind are captured at once, as in posthog-js. */
export const BURST = 10
/** After how long another one of the kind may follow, in ms, as in posthog-js. */
export const REFILL_MS = 10_000
/** How many more there may be of all kinds together. */
const ALL_KINDS = 10
/** The most kinds that are remembered. */
const MAX_KINDS = 200

export interface Bucket {
  tokens: number
  /** When the newest token came, in ms. */
  at: number
}

export interface Limit {
  buckets: Map<string, Bucket>
  /** How many of one kind are captured at once. */
  burst: number
}

/** Whether another exception of this kind may be captured at this time. It counts as captured then. */
export function takeToken({ buckets, burst }: Limit, kind: string, now: number): boolean {
  const own = refilled(buckets, `kind ${kind}`, { size: burst, step: 1 }, now)
  const all = refilled(buckets, 'all', { size: burst * ALL_KINDS, step: ALL_KINDS }, now)
  if (own.tokens < 1 || all.tokens < 1) return false
  own.tokens -= 1
  all.tokens -= 1
  return true
}

interface Refill {
  /** The most tokens. */
  size: number
  /** How many come at once. */
  step: number
}

function refilled(buckets: Limit['buckets'], key: string, { size, step }: Refill, now: number): Bucket {
  const known = buckets.get(key)
  // A clock that was set back would else keep it from ever being refilled.
  const bucket = known && known.at <= now ? known : { tokens: known?.tokens ?? size, at: now }
  const more = Math.floor((now - bucket.at) / REFILL_MS)
  const next = { tokens: Math.min(size, bucket.tokens + more * step), at: bucket.at + more * REFILL_MS }
  // The one that was used last is the last to be forgotten.
  buckets.delete(key)
  buckets.set(key, next)
  const [oldest] = buckets.keys()
  if (buckets.size > MAX_KINDS && oldest !== undefined) buckets.delete(oldest)
  return next
}
