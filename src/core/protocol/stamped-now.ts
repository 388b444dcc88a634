import { END_OF_TIME } from '../base/limits'
import type { Millis } from '../base/ports'

/**
 * The wall clock's `now`, as a timestamp of the clock that stamped the events. The server compares this timestamp with
 * its own clock and moves each event by the difference (docs/protocol.md §1.4).
 */
export const stampedNow = (now: Millis, skew: number): string =>
  new Date(Math.min(Math.max(now + skew, 0), END_OF_TIME - 1)).toISOString()
