/**
 * The last way out of a page whose events no worker has: `sendBeacon`. It has no headers, so it speaks v0 alone, and
 * no answer, so it proves nothing: what it carries stays wherever else it is kept, under the same uuid and timestamp.
 */

import { type EventJson, serializeEvent, type WireFormat } from '../core/event'
import { parseEvent } from '../core/event-json'
import type { QueueConfig } from '../core/queue-config'
import { v0 } from '../core/wire-v0'

/** Below this many bytes a refusal means that the page's 64 KiB are used up, not that the body is too long. */
const SMALLEST_SPLIT_BYTES = 2_048

/** Sends what the browser takes, in order. Returns how many events that were. */
export function beacon(
  events: readonly { json: EventJson; format: WireFormat }[],
  config: QueueConfig,
  now: number,
): number {
  if (typeof navigator.sendBeacon !== 'function' || events.length === 0) return 0
  const jsons = events.map(({ json, format }) =>
    format !== 'v1' ? json : serializeEvent(parseEvent(json, format), 'v0', config.apiKey),
  )
  return sendSplit(jsons, config, now)
}

function sendSplit(jsons: EventJson[], config: QueueConfig, now: number): number {
  const batch = { events: jsons, historical: false, requestId: '', createdAt: now, attempt: 1 }
  const { url, body } = v0.encode(batch, config, now)
  const blob = new Blob([body as string], { type: 'text/plain' })
  if (navigator.sendBeacon(`${url}?beacon=1`, blob)) return jsons.length
  if (jsons.length === 1 || blob.size < SMALLEST_SPLIT_BYTES) return 0
  const half = Math.ceil(jsons.length / 2)
  return sendSplit(jsons.slice(0, half), config, now) + sendSplit(jsons.slice(half), config, now)
}
