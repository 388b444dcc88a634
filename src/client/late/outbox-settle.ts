/** Takes handovers out of an outbox: those that a host has stored, and those that are dropped. */

import { addDropped, type Dropped } from '../../core/base/accounting'
import type { DropReason } from '../../core/base/reports'
import { uuidOf } from '../../core/event/event-json'
import { sizeOf } from '../../core/event/size-of'
import type { Handover } from '../../core/queue/handover'
import { cut, type Outbox } from '../first/outbox'

/** Removes a handover that a host has stored. */
export function committed(outbox: Outbox, handover: Handover): void {
  if (!outbox.unacknowledged.delete(handover)) return
  outbox.count -= handover.events.length
  outbox.size -= sizeOf(handover.events)
}

/** Drops a handover that no host can store. The next handover reports its events and its drops as dropped. */
export function refused(outbox: Outbox, handover: Handover, reason: DropReason): void {
  addDropped(outbox.dropped, handover.dropped)
  addDropped(outbox.dropped, { [reason]: handover.events.length })
  committed(outbox, handover)
}

/** Does as `eraseOutbox` does, to some handovers alone. Returns the uuids of their events. */
export function eraseHandovers(outbox: Outbox, isGone: (handover: Handover) => boolean): string[] {
  cut(outbox)
  return [...outbox.unacknowledged].filter(isGone).flatMap((handover) => {
    const { events } = handover
    outbox.count -= events.length
    outbox.size -= sizeOf(events)
    addDropped(handover.dropped, { opted_out: events.length })
    handover.events = []
    return events.map(uuidOf)
  })
}

/** Counts of events that were dropped here and that no host has counted yet. */
export function droppedHere(outbox: Outbox): Dropped {
  const all: Dropped = {}
  addDropped(all, outbox.dropped)
  for (const { dropped } of outbox.unacknowledged) addDropped(all, dropped)
  return all
}
