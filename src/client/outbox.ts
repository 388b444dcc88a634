/** What this page accepted and no host has committed yet: the only events that a page can lose. */

import { addDropped, type Dropped, totalDropped } from '../core/accounting'
import type { EventJson, WireFormat } from '../core/event'
import type { Handover, Lane } from '../core/handover'
import { MAX_HANDOVER_EVENTS, MAX_HANDOVER_SIZE } from '../core/limits'

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
    for (const piece of pieces(events)) handOver(lane, format, piece)
  }
  outbox.fresh = []
  if (totalDropped(outbox.dropped) > 0) handOver('live', 'v0', [])
  for (const handover of made) outbox.open.add(handover)
  return made
}

function* pieces(events: EventJson[]): Generator<EventJson[]> {
  let piece: EventJson[] = []
  let size = 0
  for (const json of events) {
    if (piece.length === MAX_HANDOVER_EVENTS || (piece.length > 0 && size + json.length > MAX_HANDOVER_SIZE)) {
      yield piece
      piece = []
      size = 0
    }
    piece.push(json)
    size += json.length
  }
  yield piece
}

/**
 * Gives up everything that is here, as `opted_out`. Handovers stay, without their events: where the host has taken one
 * before, with them, it knows the number and takes nothing; otherwise it counts what was given up.
 */
export function clear(outbox: Outbox): void {
  for (const { events } of outbox.fresh) addDropped(outbox.dropped, { opted_out: events.length })
  outbox.fresh = []
  for (const handover of outbox.open) {
    addDropped(handover.dropped, { opted_out: handover.events.length })
    handover.events = []
  }
  outbox.count = outbox.size = 0
}
