import type { EventJson } from './event'

export const HISTORICAL = ',"historical_migration":true'

/** The body of a v0 request. */
export function batchBody(apiKey: string, events: readonly EventJson[], sentAt: string, historical: boolean): string {
  // `sentAt` is of this attempt: the server moves an event by (its clock - sent_at), so a frozen one would move it
  // by the time that retries took (protocol.md §10.6).
  const more = historical ? HISTORICAL : ''
  return `{"api_key":${JSON.stringify(apiKey)},"sent_at":"${sentAt}"${more},"batch":[${events.join(',')}]}`
}
