/** Tells what an erasure takes that this page learns of from elsewhere: from the disk, another tab or another subdomain. */

import type { Front } from '../../client/first/front'
import type { Outbox } from '../../client/first/outbox'
import { uuidOf } from '../../core/event/event-json'

/** @param heed what may erase all events that the page has not handed over yet */
export function tellErased({ capture, outbox }: Front, heed: (() => void) | undefined): void {
  const captured = uuidsIn(outbox)
  heed?.()
  if (outbox.count === 0) capture.emitDrop('opted_out', 'captured before the person refused', captured)
}

export const uuidsIn = ({ unacknowledged, unsent }: Outbox): string[] =>
  [...unacknowledged, ...unsent].flatMap(({ events }) => events.map(uuidOf))
