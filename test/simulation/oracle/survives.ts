/**
 * What a page had captured a moment before it or its browser was killed is on disk: in the journal, in the queue, or
 * settled; unless the disk or a timer failed the page since.
 */

import { Breach } from '../../support/breach'
import { isOpen, type Witness } from './witness'

/**
 * ms of virtual time after which what was captured is on disk: the longest that the library means to take. Simulated
 * storage takes no time by itself, so there is room in it.
 */
const STORED_WITHIN_MS = 60

/** A page whose storage works was killed. Times are in ms of the timeline. */
interface Killed {
  page: string
  captured: Witness[]
  /** When it was killed, or was frozen before that. */
  at: number
  /** Until when what the page met of the disk failed or was late, or its timers were, */
  hinderedUntil: number
  /** and until when a transaction may have been held up by one of another context. */
  diskHinderedUntil: number
}

export function survives({ page, captured, at, hinderedUntil, diskHinderedUntil }: Killed): Breach | undefined {
  const workedSince = Math.max(hinderedUntil + STORED_WITHIN_MS, diskHinderedUntil)
  for (const witness of captured) {
    const { uuid, capturedAt, journaled, inMemory } = witness
    if (capturedAt <= workedSince || capturedAt >= at - STORED_WITHIN_MS) continue
    if (journaled > 0 || inMemory || !isOpen(witness)) continue
    const ms = at - capturedAt
    return new Breach('survives', `${uuid} was captured ${ms} ms before ${page} was killed, and is not on disk`)
  }
  return undefined
}
