/** P10: what was captured before an erasure does not go out after it, also not once the person has agreed again. */

import { Breach } from '../../support/breach'
import type { Context } from '../exchange'
import type { Sent } from './facts'
import type { Erasure, Witness } from './witness'

/** ms in which a page that is back from the back/forward cache, or has just got its late code, has read what is on disk. */
const READ_WITHIN_MS = 60

export function erased({ exchange, events }: Leaving): Breach | undefined {
  const { sender, begunAt } = exchange
  return breach(exchange, events, (erasure, { claimedAt = begunAt, inMemory }) => {
    // A page with memory alone is told. It is told all at once what it missed in the back/forward cache.
    if (sender.keepsNothing) return begunAt > Math.max(erasure.toldFrom, sender.thawedAt)
    // A page that fell back on its memory is told, and then reads the disk, unless that fails it still.
    if (inMemory) return isRead(erasure, sender, begunAt)
    // All others read of an erasure in the transaction in which they take an event for a request, which may be made some time later.
    return claimedAt > erasure.onDiskFrom
  })
}

/**
 * Before its late code is there, a page does not hear of an erasure elsewhere (docs/privacy.md). No page can read the disk as it goes:
 * one that stores has read it when it was told.
 */
export function erasedOfBeacon({ exchange, events }: Leaving): Breach | undefined {
  const { sender, begunAt } = exchange
  const { keepsNothing, thawedAt, readyAt } = sender
  return breach(exchange, events, (erasure) =>
    keepsNothing ? begunAt > Math.max(erasure.toldFrom, readyAt, thawedAt) : isRead(erasure, sender, begunAt),
  )
}

/** Whether a page was told of it, and has read it from a disk that has not failed it since. */
function isRead({ at, toldFrom, onDiskFrom }: Erasure, { readyAt, thawedAt, failedUntil }: Context, by: number) {
  return failedUntil < at && by > Math.max(toldFrom, onDiskFrom, readyAt + READ_WITHIN_MS, thawedAt + READ_WITHIN_MS)
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
