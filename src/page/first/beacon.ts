/**
 * Sends events by `navigator.sendBeacon`: the last way out of a page whose events no worker has. A beacon has no
 * headers, so it speaks v0 alone. It has no answer either, so its events also stay stored, under the same uuid and
 * timestamp.
 */

import type { CaptureConfig } from '../../client/first/options'
import { batchBody } from '../../core/protocol/wire-body'
import type { Handover } from '../../core/queue/handover'

export type BeaconConfig = Pick<CaptureConfig, 'apiKey' | 'host' | 'wall'>

/**
 * Sends what most sites capture in one request: live events of v0, stamped by one clock. All other events wait for the
 * late code, which sends each kind (`page/late/beacons.ts`). So do texts with half a surrogate pair, which servers
 * refuse.
 *
 * @returns the handovers whose events the browser took
 */
export function beacon(handovers: Handover[], { apiKey, host, wall }: BeaconConfig): Handover[] {
  const alike = handovers.filter(
    ({ lane, format, skew, events }) =>
      lane + format === 'livev0' && skew === handovers[0]?.skew && !/\\ud/.test(String(events)),
  )
  const [first] = alike
  if (!first) return []
  const events = alike.flatMap((handover) => handover.events)
  const body = batchBody(apiKey, events, new Date(wall() + first.skew).toISOString())
  return accepted(`${host}/batch/?beacon=1`, body) ? alike : []
}

/** Whether the browser took the beacon. A `sendBeacon` that a page has replaced may throw: page exit must go on. */
export function accepted(url: string, body: string): boolean {
  try {
    return navigator.sendBeacon(url, new Blob([body], { type: 'text/plain' }))
  } catch {
    return false
  }
}
