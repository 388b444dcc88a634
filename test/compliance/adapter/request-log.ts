/** What an SDK has sent, read from its bytes on the wire and not from what it says itself. */

import { eventsIn, readBody } from '../read-body'
import type { Passed } from './gateway'

interface RequestMade {
  timestamp_ms: number
  status_code: number
  /** 0 for the first request with these events. */
  retry_attempt: number
  event_count: number
  uuid_list: string[]
}

export function requestsMade(log: Passed[]): RequestMade[] {
  const seen = new Map<string, number>()
  return log.map(({ at, status, encoding, body }) => {
    const uuids = eventsIn(readBody(body, encoding, ['gzip', 'deflate'])).flatMap(({ uuid }) => uuid ?? [])
    const before = Math.max(0, ...uuids.map((uuid) => seen.get(uuid) ?? 0))
    for (const uuid of uuids) seen.set(uuid, before + 1)
    return {
      timestamp_ms: at,
      status_code: status,
      retry_attempt: before,
      event_count: uuids.length,
      uuid_list: uuids,
    }
  })
}
