/** Beacons in halves: what the browser refuses as one may be too long for it, or for what is left of a page's 64 KiB. */

import type { BeaconHelp } from '../first/beacon'

/** Below this many characters a refusal means that the page's 64 KiB are used up, not that the body is too long. */
const SMALLEST_SPLIT = 2_048

export const halve: BeaconHelp['halve'] = (events, size, send) => {
  if (events.length === 1 || size < SMALLEST_SPLIT) return events
  const half = Math.ceil(events.length / 2)
  return send(events.slice(0, half)).concat(send(events.slice(half)))
}
