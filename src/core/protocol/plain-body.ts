import type { Endpoint } from '../config/endpoint'
import { parseEvent } from '../event/codec'
import { asItIs, type EventJson, type WireFormat } from '../event/event'
import { wellFormedJson } from '../event/well-formed-json'

/**
 * The body of a request to a site's own endpoint, also of a beacon.
 *
 * @param format what the events were serialized for
 * @param sentAt by the clock that stamped the events
 */
export function plainBody(
  events: readonly EventJson[],
  format: WireFormat,
  sentAt: string,
  body: Endpoint['body'],
): string {
  const each = events.map((text) => {
    const { event, uuid, timestamp, distinctId, properties } = parseEvent(text, format)
    // A line stands alone in a file or a table, so each says when it was sent.
    const sent = body === 'ndjson' ? { sentAt } : {}
    return JSON.stringify({ ...sent, event, uuid, timestamp, distinctId, properties }, asItIs)
  })
  return wellFormedJson(
    body === 'ndjson' ? each.map((line) => `${line}\n`).join('') : `{"sentAt":"${sentAt}","batch":[${each.join(',')}]}`,
  )
}
