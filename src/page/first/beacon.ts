/**
 * Sends events by `navigator.sendBeacon`: the last way out of a page whose events no worker has. A beacon has no
 * headers, so it speaks v0 alone. It has no answer either, so its events also stay stored, under the same uuid and
 * timestamp.
 */

import type { CaptureConfig } from '../../client/first/options'
import type { EventJson } from '../../core/event/event'
import { batchBody } from '../../core/protocol/wire-body'
import type { Handover } from '../../core/queue/handover'

/** The parts of sending beacons that load late. */
export interface BeaconHelp {
  /** Converts an event that was made for v1 to v0, because beacons have no headers. */
  forV0(json: EventJson): EventJson
  /** Sends events in halves whose body of `size` characters was refused. Returns the events that are still refused. */
  halve(events: EventJson[], size: number, send: (some: EventJson[]) => EventJson[]): EventJson[]
}

/**
 * Sends as many events as the browser takes, in order, each to the endpoint of its format and on its lane.
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

  /** Handovers by format, lane and skew: those of one kind can share a request. */
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

/** Whether the browser took the beacon. A `sendBeacon` that a page has replaced may throw: page exit must go on. */
function accepted(url: string, blob: Blob): boolean {
  try {
    return navigator.sendBeacon(url, blob)
  } catch {
    return false
  }
}
