/**
 * The last way out of a page whose events no worker has: `sendBeacon`. It has no headers, so it speaks v0 alone, and
 * no answer, so it proves nothing: what it carries stays wherever else it is kept, under the same uuid and timestamp.
 */

import type { CaptureConfig } from '../../client/first/options'
import type { EventJson } from '../../core/event/event'
import { batchBody } from '../../core/protocol/wire-body'
import type { Handover } from '../../core/queue/handover'

/** Below this many characters a refusal means that the page's 64 KiB are used up, not that the body is too long. */
const SMALLEST_SPLIT = 2_048

/**
 * Sends what the browser takes, in order, each event to its endpoint and as of its lane.
 *
 * @param forV0 an event that was made for v1, made for v0
 * @returns the handovers whose events were all taken
 */
export function beacon(
  handovers: Handover[],
  { apiKey, host, wall }: CaptureConfig,
  forV0: ((json: EventJson) => EventJson) | undefined,
): Handover[] {
  /** Returns the events that the browser refused. */
  function send(events: EventJson[], kind: Handover): EventJson[] {
    const { format, lane, skew } = kind
    const made = format === 'v1' && forV0 ? events.map(forV0) : events
    const sentAt = new Date(wall() + skew).toISOString()
    const body = batchBody(apiKey, made, sentAt, lane === 'historical')
    const url = `${host}${format === 'ai' ? '/i/v0/ai' : ''}/batch/?beacon=1`
    if (events.length === 0 || accepted(url, new Blob([body], { type: 'text/plain' }))) return []
    if (events.length === 1 || body.length < SMALLEST_SPLIT) return events
    const half = Math.ceil(events.length / 2)
    return send(events.slice(0, half), kind).concat(send(events.slice(half), kind))
  }

  /** What can go in one request. */
  const alike: Record<string, Handover[]> = {}
  for (const handover of handovers) {
    const { format, lane, skew } = handover
    const kind = [format, lane, skew].join()
    alike[kind] ??= []
    alike[kind].push(handover)
  }
  const refused = new Set(
    Object.values(alike).flatMap((some) =>
      send(
        some.flatMap(({ events }) => events),
        some[0] as Handover,
      ),
    ),
  )
  return handovers.filter(({ events }) => !events.some((json) => refused.has(json)))
}

/** One that a page has patched may throw, which is no reason to leave the rest of the departure undone. */
function accepted(url: string, blob: Blob): boolean {
  try {
    return navigator.sendBeacon(url, blob)
  } catch {
    return false
  }
}
