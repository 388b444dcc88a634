/** What becomes of the handovers of an outbox. */

import { addDropped, type Dropped } from '../../core/base/accounting'
import type { DropReason } from '../../core/base/reports'
import { sizeOf } from '../../core/event/size-of'
import type { Handover } from '../../core/queue/handover'
import type { Outbox } from '../first/outbox'

export function committed(outbox: Outbox, handover: Handover): void {
  if (!outbox.open.delete(handover)) return
  outbox.count -= handover.events.length
  outbox.size -= sizeOf(handover.events)
}

/** Gives up a handover that no host can store. What it was to count is counted by the next one. */
export function refused(outbox: Outbox, handover: Handover, reason: DropReason): void {
  addDropped(outbox.dropped, handover.dropped)
  addDropped(outbox.dropped, { [reason]: handover.events.length })
  committed(outbox, handover)
}

/** Drops of this page that no host has counted yet. */
export function droppedHere(outbox: Outbox): Dropped {
  const all: Dropped = {}
  addDropped(all, outbox.dropped)
  for (const { dropped } of outbox.open) addDropped(all, dropped)
  return all
}
