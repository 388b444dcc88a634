/** What this page accepted and no host has committed yet: the only events that a page can lose. */

import { addDropped, type Dropped, totalDropped } from '../core/accounting'
import type { EventJson, WireFormat } from '../core/event'
import { sizeOf } from '../core/event-json'
import type { Handover, Lane } from '../core/handover'
import { MAX_HANDOVER_EVENTS } from '../core/limits'
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
  /** Takes in handovers of an earlier page. */
  adopt(handover: Handover): void
  committed(handover: Handover): void
  /** Gives up what is in no handover yet, as `opted_out`. */
  clearNew(): void
  /** Gives up everything that is here, as `opted_out`. */
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

  function giveUp(events: EventJson[]): void {
    addDropped(dropped, { opted_out: events.length })
    count -= events.length
    size -= sizeOf(events)
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
        for (let from = 0; from < events.length; from += MAX_HANDOVER_EVENTS) {
          made.push(handOver({ lane, format, events: events.slice(from, from + MAX_HANDOVER_EVENTS) }))
        }
      }
      if (totalDropped(dropped) > 0) made.push(handOver({ lane: 'live', format: 'v0', events: [] }))
      return made
    },
    open: () => [...handovers],
    adopt(handover) {
      handovers.add(handover)
      count += handover.events.length
      size += sizeOf(handover.events)
    },
    clearNew() {
      for (const { events } of fresh) giveUp(events)
      fresh = []
    },
    clear() {
      this.clearNew()
      for (const { events } of handovers) giveUp(events)
      handovers.clear()
    },
    committed(handover) {
      if (!handovers.delete(handover)) return
      count -= handover.events.length
      size -= sizeOf(handover.events)
    },
  }
}
