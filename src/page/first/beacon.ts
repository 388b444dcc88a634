/**
 * The last way out of a page whose events no worker has: `sendBeacon`. It has no headers, so it speaks v0 alone, and
 * no answer, so it proves nothing: what it carries stays wherever else it is kept, under the same uuid and timestamp.
 */

import type { CaptureConfig } from '../../client/first/options'
import type { EventJson } from '../../core/event/event'
import { batchBody } from '../../core/protocol/wire-body'
import type { Handover } from '../../core/queue/handover'

/** What the late code does for it. */
export interface BeaconHelp {
  /** An event that was made for v1, made for v0. */
  forV0(json: EventJson): EventJson
  /** Sends in halves what was refused as a whole, in a body of so many characters. Returns the events that are refused still. */
  halve(events: EventJson[], size: number, send: (some: EventJson[]) => EventJson[]): EventJson[]
}

/**
 * Sends what the browser takes, in order, each event to its endpoint and as of its lane.
 *
 * @returns the handovers whose events were all taken
 */
export function beacon(
  handovers: Handover[],
  { apiKey, host, wall }: CaptureConfig,
  help: BeaconHelp | undefined,
): Handover[] {
  /** Returns the events that the browser refused. */
  function send(events: EventJson[], kind: Handover): EventJson[] {
    const { format, lane, skew } = kind
    const made = format === 'v1' && help ? events.map(help.forV0) : events
    const sentAt = new Date(wall() + skew).toISOString()
    const body = batchBody(apiKey, made, sentAt, lane === 'historical')
    const url = `${host}${format === 'ai' ? '/i/v0/ai' : ''}/batch/?beacon=1`
    if (events.length === 0 || accepted(url, new Blob([body], { type: 'text/plain' }))) return []
    return help ? help.halve(events, body.length, (some) => send(some, kind)) : events
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
