/** P10: what was captured before an erasure does not go out after it, also not once the person has agreed again. */

import { Breach } from '../../support/breach'
import type { Sent } from './facts'
import type { Erasure, Witness } from './witness'

/** ms in which a page that is back from the back/forward cache, or has just got its late code, has read what is on disk. */
const READ_WITHIN_MS = 60

export function erased({ exchange, events }: Leaving): Breach | undefined {
  const { sender, begunAt } = exchange
  return breach(exchange, events, (erasure, { claimedAt = begunAt, inMemory }) => {
    // A page with memory alone is told. It is told all at once what it missed in the back/forward cache.
    if (sender.keepsNothing) return begunAt > Math.max(erasure.toldFrom, sender.thawedAt)
    // A page that fell back on its memory has a disk that failed it: no disk to rely on. All others read of an erasure in the
    // transaction in which they take an event for a request, which may be made some time later.
    return !inMemory && claimedAt > erasure.onDiskFrom
  })
}

/**
 * Before its late code is there, a page does not hear of an erasure elsewhere (docs/privacy.md). No page can read the disk as it goes:
 * one that stores has read it when it was told.
 */
export function erasedOfBeacon({ exchange, events }: Leaving): Breach | undefined {
  const { sender, begunAt } = exchange
  const { keepsNothing, thawedAt, readyAt, failedUntil } = sender
  return breach(exchange, events, ({ at, toldFrom, onDiskFrom }) => {
    if (begunAt <= Math.max(toldFrom, readyAt)) return false
    if (keepsNothing) return begunAt > thawedAt
    const isRead = begunAt > Math.max(onDiskFrom, readyAt + READ_WITHIN_MS, thawedAt + READ_WITHIN_MS)
    return isRead && failedUntil < at
  })
}

type Leaving = Pick<Sent, 'exchange' | 'events'>

function breach(
  { sender }: Leaving['exchange'],
  events: Leaving['events'],
  mustHold: (erasure: Erasure, witness: Witness) => boolean,
): Breach | undefined {
  for (const { witness } of events) {
    const { uuid, page, erasures } = witness
    if (!erasures.some((erasure) => mustHold(erasure, witness))) continue
    return new Breach('erased', `${sender.name} sends ${uuid} of ${page.name}, and the person had it erased before`)
  }
  return undefined
}
