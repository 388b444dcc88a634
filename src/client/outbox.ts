/** What this page accepted and no host has committed yet: the only events that a page can lose. */

import { addDropped, type Dropped, totalDropped } from '../core/accounting'
import { type EventJson, sizeOf, type WireFormat } from '../core/event'
import { MAX_HANDOVER_EVENTS, MAX_HANDOVER_SIZE } from '../core/limits'
import type { Handover } from '../core/queue-append'
import type { Lane } from '../core/records'
import type { DropReason } from '../core/reports'

export interface Outbox {
  /** Events that are here. */
  readonly count: number
  readonly size: number
  /** Drops of this page that no host has counted yet. */
  readonly dropped: Dropped
  add(lane: Lane, format: WireFormat, json: EventJson): void
  drop(reason: DropReason, count: number): void
  /** Cuts what is new into handovers and returns those, in order. */
  cut(): Handover[]
  /** Every handover that is not committed, in order. */
  open(): Handover[]
  /** How many those are. */
  readonly openCount: number
  /** Takes in handovers of an earlier page. */
  adopt(handover: Handover): void
  committed(handover: Handover): void
  /** Gives up a handover that no host can store, as `reason`. What it was to count is counted by the next one. */
  refused(handover: Handover, reason: DropReason): void
  /**
   * Gives up everything that is here, as `opted_out`. Handovers stay, without their events: where the host has taken
   * one before, with them, it knows the number and takes nothing; otherwise it counts what was given up.
   */
  clear(): void
}

/** Events that go in one handover, because they are of one lane and one format. */
interface Run {
  lane: Lane
  format: WireFormat
  events: EventJson[]
}

export function createOutbox(producer: string): Outbox {
  let fresh: Run[] = []
  const handovers = new Set<Handover>()
  let seq = 0
  let count = 0
  let size = 0
  let dropped: Dropped = {}

  function handOver({ lane, format, events }: Run): Handover {
    seq += 1
    const handover = { producer, seq, lane, format, events, dropped }
    dropped = {}
    handovers.add(handover)
    return handover
  }

  function giveUp(events: EventJson[], into: Dropped): void {
    addDropped(into, { opted_out: events.length })
    count -= events.length
    size -= sizeOf(events)
  }

  function committed(handover: Handover): void {
    if (!handovers.delete(handover)) return
    count -= handover.events.length
    size -= sizeOf(handover.events)
  }

  return {
    get count() {
      return count
    },
    get size() {
      return size
    },
    get dropped() {
      const all: Dropped = {}
      addDropped(all, dropped)
      for (const handover of handovers) addDropped(all, handover.dropped)
      return all
    },
    add(lane, format, json) {
      const run = fresh.find((one) => one.lane === lane && one.format === format)
      if (run) run.events.push(json)
      else fresh.push({ lane, format, events: [json] })
      count += 1
      size += json.length
    },
    drop(reason, number) {
      addDropped(dropped, { [reason]: number })
    },
    cut() {
      const made: Handover[] = []
      const runs = fresh
      fresh = []
      for (const { lane, format, events } of runs) {
        for (const part of pieces(events)) made.push(handOver({ lane, format, events: part }))
      }
      if (totalDropped(dropped) > 0) made.push(handOver({ lane: 'live', format: 'v0', events: [] }))
      return made
    },
    open: () => [...handovers],
    get openCount() {
      return handovers.size
    },
    adopt(handover) {
      handovers.add(handover)
      count += handover.events.length
      size += sizeOf(handover.events)
    },
    clear() {
      for (const { events } of fresh) giveUp(events, dropped)
      fresh = []
      for (const handover of handovers) {
        giveUp(handover.events, handover.dropped)
        handover.events = []
      }
    },
    committed,
    refused(handover, reason) {
      addDropped(dropped, handover.dropped)
      addDropped(dropped, { [reason]: handover.events.length })
      committed(handover)
    },
  }
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
