/** No timer is longer than a day. */

import { Breach } from '../../support/breach'

/** A longer one would fire at once (docs/protocol.md §7). */
const LONGEST_TIMER_MS = 86_400_000

export function timers({ context, ms }: { context: string; ms: number }): Breach | undefined {
  if (Number.isFinite(ms) && ms <= LONGEST_TIMER_MS) return undefined
  return new Breach('timers', `${context} set a timer of ${ms} ms`)
}
