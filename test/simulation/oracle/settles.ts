/**
 * No `ready`, `flush`, `stats` or `pending` takes longer than it may because of a file or a registration, and no
 * `shutdown` because of anything.
 */

import { Breach } from '../../support/breach'

/** How long a caller may be kept waiting where nothing but one file and registrations is late, in ms. */
export const PATIENCE_MS = 15_000

export type Call = 'ready' | 'flush' | 'stats' | 'pending' | 'shutdown' | 'send'

interface Called {
  page: string
  what: Call
  /** How long it has taken, without the time for which the timers of its page were late, in ms. */
  tookMs: number
  limitMs: number
  /** Something else than files and registrations was in the way. */
  troubled: boolean
  /** Events in the queue. */
  pending: number
}

export function settles({ page, what, tookMs, limitMs, troubled, pending }: Called): Breach | undefined {
  if (tookMs <= limitMs) return undefined
  // A shutdown comes to its end whatever happens.
  if (what !== 'shutdown' && troubled) return undefined
  // A flush takes as long as requests do.
  if (what === 'flush' && pending > 0) return undefined
  return new Breach('settles', `${page}: ${what} has taken ${tookMs} ms, and may take ${limitMs}`)
}
