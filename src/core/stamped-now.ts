import { END_OF_TIME } from './limits'
import type { Millis } from './ports'

/**
 * The wall clock's `now` as the clock says it that stamped the events: the server moves an event by what its own clock
 * is ahead of this.
 */
export const stampedNow = (now: Millis, skew: Millis): string =>
  new Date(Math.min(Math.max(now + skew, 0), END_OF_TIME - 1)).toISOString()
