/** The body of v0's requests, for batches and for beacons. */

import type { EventJson } from '../event/event'

export const HISTORICAL = ',"historical_migration":true'

/**
 * The body of a v0 request.
 *
 * @param more `HISTORICAL`, or nothing
 */
export function batchBody(apiKey: string, events: readonly EventJson[], sentAt: string, more = ''): string {
  // `sentAt` is the time of this attempt. The server adds (its own clock - sent_at) to each timestamp, so a value kept
  // from the first attempt would move events by the time that the retries took (docs/protocol.md §1.4).
  return `{"api_key":${JSON.stringify(apiKey)},"sent_at":"${sentAt}"${more},"batch":[${events.join(',')}]}`
}
