/** What an erasure covers besides what was captured before it by the clock. */

import type { Millis } from '../base/ports'
import type { Rules } from './rules'

/**
 * By how many ms the moment of a choice may be ahead of the clock: choices of the same ms are stamped 1 ms apart, so that
 * each is later than all before it.
 */
export const CHOICE_AHEAD_MS = 1_000

/**
 * Whether an event of that moment may have been captured before an erasure, though its moment is later: what was
 * captured in the future was captured before the device's clock was set back. A capture counts as no earlier than the
 * choice before it, which may itself be ahead of the clock.
 */
export const mayBeErased = ({ erase, at }: Pick<Rules, 'erase' | 'at'>, capturedAt: Millis, now: Millis): boolean =>
  erase > 0 && capturedAt > Math.max(now, at, erase) + CHOICE_AHEAD_MS
