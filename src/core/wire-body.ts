import type { EventJson } from './event'
import type { Millis } from './ports'

/** The body of a v0 request. `more` are further fields. */
export function batchBody(apiKey: string, events: readonly EventJson[], now: Millis, more = ''): string {
  // Stamped anew for each attempt: the server moves an event by (its clock - sent_at), so a frozen one would move it
  // by the time that retries took (protocol.md §10.6).
  const sentAt = new Date(now).toISOString()
  return `{"api_key":${JSON.stringify(apiKey)},"sent_at":"${sentAt}"${more},"batch":[${events.join(',')}]}`
}
