/** What requests of both protocols and beacons have in common. */

import type { EventJson } from './event'
import { END_OF_TIME } from './limits'
import type { Millis } from './ports'

/**
 * The wall clock's `now` as the clock says it that stamped the events: the server moves an event by what its own clock
 * is ahead of this.
 */
export const stampedNow = (now: Millis, skew: Millis): string =>
  new Date(Math.min(Math.max(now + skew, 0), END_OF_TIME - 1)).toISOString()

export const HISTORICAL = ',"historical_migration":true'

/** The body of a v0 request. */
export function batchBody(apiKey: string, events: readonly EventJson[], sentAt: string, historical: boolean): string {
  // Stamped anew for each attempt: the server moves an event by (its clock - sent_at), so a frozen one would move it
  // by the time that retries took (protocol.md §10.6).
  const more = historical ? HISTORICAL : ''
  return `{"api_key":${JSON.stringify(apiKey)},"sent_at":"${sentAt}"${more},"batch":[${events.join(',')}]}`
}
