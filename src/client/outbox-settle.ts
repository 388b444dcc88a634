/** What becomes of the handovers of an outbox. */

import { addDropped, type Dropped } from '../core/accounting'
import type { Handover } from '../core/handover'
import { clearFresh, giveUp, type Outbox, takeOut } from './outbox'

/** Takes in a handover of an earlier page. */
export function adopt(outbox: Outbox, handover: Handover): void {
  outbox.open.add(handover)
  outbox.count += handover.events.length
  for (const json of handover.events) outbox.size += json.length
}

export function committed(outbox: Outbox, handover: Handover): void {
  if (outbox.open.delete(handover)) takeOut(outbox, handover.events)
}

/** Gives up everything that is here: the person asked for it. */
export function clear(outbox: Outbox): void {
  clearFresh(outbox)
  for (const { events } of outbox.open) giveUp(outbox, events)
  outbox.open.clear()
}

/** Drops of this page that no host has counted yet. */
export function droppedHere(outbox: Outbox): Dropped {
  const all: Dropped = {}
  addDropped(all, outbox.dropped)
  for (const { dropped } of outbox.open) addDropped(all, dropped)
  return all
}
