/** Halves beacons that the browser refuses: one may be too long, or longer than what is left of a page's 64 KiB. */

import type { BeaconHelp } from '../first/beacon'

/**
 * The shortest body, in characters, that is halved after a refusal: for a shorter one the page's 64 KiB are used up.
 */
const SMALLEST_SPLIT = 2_048

export const halve: BeaconHelp['halve'] = (events, size, send) => {
  if (events.length === 1 || size < SMALLEST_SPLIT) return events
  const half = Math.ceil(events.length / 2)
  return send(events.slice(0, half)).concat(send(events.slice(half)))
}
