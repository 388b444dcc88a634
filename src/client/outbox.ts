/** What this page accepted and no host has committed yet: the only events that a page can lose. */

import { addDropped, type Dropped, totalDropped } from '../core/accounting'
import type { EventJson, WireFormat } from '../core/event'
import type { Handover, Lane } from '../core/handover'
import { MAX_HANDOVER_EVENTS } from '../core/limits'

export interface Outbox {
  readonly producer: string
  /** The last sequence number that was used. */
  seq: number
  /** In no handover yet. */
  fresh: Run[]
  /** Every handover that is not committed, in order. */
  readonly open: Set<Handover>
  /** Events that are here, and their size. */
  count: number
  size: number
  /** Drops of this page that are in no handover yet. */
  dropped: Dropped
}

/** Events that go in one handover, because they are of one lane and one format. */
interface Run {
  lane: Lane
  format: WireFormat
  events: EventJson[]
}

export const newOutbox = (producer: string): Outbox => ({
  producer,
  seq: 0,
  fresh: [],
  open: new Set(),
  count: 0,
  size: 0,
  dropped: {},
})

export function putIn(outbox: Outbox, lane: Lane, format: WireFormat, json: EventJson): void {
  const run = outbox.fresh.find((one) => one.lane === lane && one.format === format)
  if (run) run.events.push(json)
  else outbox.fresh.push({ lane, format, events: [json] })
  outbox.count += 1
  outbox.size += json.length
}

/** Cuts what is new into handovers and returns those, in order. */
export function cut(outbox: Outbox): Handover[] {
  const made: Handover[] = []
  const handOver = (lane: Lane, format: WireFormat, events: EventJson[]) => {
    outbox.seq += 1
    const { producer, seq, dropped } = outbox
    made.push({ producer, seq, lane, format, events, dropped })
    outbox.dropped = {}
  }
  for (const { lane, format, events } of outbox.fresh) {
    for (let from = 0; from < events.length; from += MAX_HANDOVER_EVENTS) {
      handOver(lane, format, events.slice(from, from + MAX_HANDOVER_EVENTS))
    }
  }
  outbox.fresh = []
  if (totalDropped(outbox.dropped) > 0) handOver('live', 'v0', [])
  for (const handover of made) outbox.open.add(handover)
  return made
}

/** Gives up what is in no handover yet: the person asked for it. */
export function clearFresh(outbox: Outbox): void {
  for (const { events } of outbox.fresh) giveUp(outbox, events)
  outbox.fresh = []
}

export function giveUp(outbox: Outbox, events: EventJson[]): void {
  addDropped(outbox.dropped, { opted_out: events.length })
  takeOut(outbox, events)
}

export function takeOut(outbox: Outbox, events: EventJson[]): void {
  outbox.count -= events.length
  for (const json of events) outbox.size -= json.length
}
