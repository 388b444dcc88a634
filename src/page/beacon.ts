/**
 * The last way out of a page whose events no worker has: `sendBeacon`. It has no headers, so it speaks v0 alone, and
 * no answer, so it proves nothing: what it carries stays wherever else it is kept, under the same uuid and timestamp.
 */

import type { CaptureConfig } from '../client/options'
import { type EventJson, serializeEvent } from '../core/event'
import { parseEvent } from '../core/event-json'
import type { Handover } from '../core/handover'
import { batchBody } from '../core/wire-body'

/** Below this many characters a refusal means that the page's 64 KiB are used up, not that the body is too long. */
const SMALLEST_SPLIT = 2_048

/** Sends what the browser takes, in order. */
export function beacon(handovers: readonly Handover[], config: CaptureConfig): void {
  const { apiKey, host, now } = config
  const send = (events: EventJson[]): void => {
    if (events.length === 0) return
    const body = batchBody(apiKey, events, now())
    const sent = navigator.sendBeacon?.(`${host}/batch/?beacon=1`, new Blob([body], { type: 'text/plain' }))
    if (sent || events.length === 1 || body.length < SMALLEST_SPLIT) return
    const half = Math.ceil(events.length / 2)
    send(events.slice(0, half))
    send(events.slice(half))
  }
  send(
    handovers.flatMap(({ events, format }) =>
      format === 'v1' ? events.map((json) => serializeEvent(parseEvent(json, format), 'v0', apiKey)) : events,
    ),
  )
}
