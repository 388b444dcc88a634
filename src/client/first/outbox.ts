/** The events that a client has accepted and no host has stored yet: the only events that a page can lose. */

import type { Dropped } from '../../core/base/accounting'
import { countDropped } from '../../core/base/count-dropped'
import { MAX_HANDOVER_EVENTS, MAX_HANDOVER_SIZE } from '../../core/base/limits'
import type { Millis } from '../../core/base/ports'
import type { EventJson, WireFormat } from '../../core/event/event'
import type { Handover, Lane } from '../../core/queue/handover'

const SECOND_MS = 1_000

export interface Outbox {
  readonly producer: string
  /** The last sequence number that was used. */
  seq: number
  /** Events that are in no handover yet. */
  unsent: Run[]
  /** Handovers that no host has answered with "committed", in order. */
  readonly unacknowledged: Set<Handover>
  /** The number of events in the outbox. */
  count: number
  /** The size of these events in UTF-16 code units. */
  size: number
  /** Counts of events that were dropped here and that no handover reports yet. */
  dropped: Dropped
}

/** Events that can share a handover: of one lane and one format, and stamped by one clock. */
interface Run extends Pick<Handover, 'lane' | 'format' | 'events' | 'at' | 'skew'> {}

export const newOutbox = (producer: string): Outbox => ({
  producer,
  seq: 0,
  unsent: [],
  unacknowledged: new Set(),
  count: 0,
  size: 0,
  dropped: {},
})

/**
 * Puts a serialized event in the outbox.
 *
 * @param at the wall clock's time of the capture
 * @param ahead by how many ms the clock that stamped the event is ahead of the wall clock
 */
export function putIn(
  outbox: Outbox,
  lane: Lane,
  format: WireFormat,
  json: EventJson,
  at: Millis,
  ahead: number,
): void {
  // The skew is in whole seconds, and zero below one: the clocks are read one after the other, and that jitter must
  // not put events in different handovers.
  const skew = Math.abs(ahead) < SECOND_MS ? 0 : Math.round(ahead / SECOND_MS) * SECOND_MS
  const run = outbox.unsent.find((one) => one.lane === lane && one.format === format && one.skew === skew)
  if (run) {
    run.events.push(json)
    run.at = at
  } else outbox.unsent.push({ lane, at, format, skew, events: [json] })
  outbox.count += 1
  outbox.size += json.length
}

/** Cuts the events that are in no handover yet into handovers, and returns these in order. */
export function cut(outbox: Outbox): Handover[] {
  const made: Handover[] = []
  const begin = (run: Run): EventJson[] => {
    const events: EventJson[] = []
    outbox.seq += 1
    const { producer, seq, dropped } = outbox
    made.push({ producer, seq, ...run, events, dropped })
    outbox.dropped = {}
    return events
  }
  for (const run of outbox.unsent) {
    let piece: EventJson[] | undefined
    let size = 0
    for (const json of run.events) {
      if (!piece || piece.length === MAX_HANDOVER_EVENTS || size + json.length > MAX_HANDOVER_SIZE) {
        piece = begin(run)
        size = 0
      }
      piece.push(json)
      size += json.length
    }
  }
  outbox.unsent = []
  // A handover that reports drops alone, without events, has no time of capture. Its format is one of which the first
  // code makes no beacon (page/first/beacon.ts): there would be no event in it.
  if (Object.keys(outbox.dropped).length > 0) begin({ lane: 'live', format: 'ai', events: [], at: 0, skew: 0 })
  for (const handover of made) outbox.unacknowledged.add(handover)
  return made
}

/**
 * Drops all events of the outbox as `opted_out`. Handovers stay, without events. A host that has taken a handover with
 * its events knows the handover's number, and takes nothing; any other host counts the events as dropped.
 */
export function eraseOutbox(outbox: Outbox): void {
  for (const { events } of outbox.unsent) countDropped(outbox.dropped, 'opted_out', events.length)
  outbox.unsent = []
  for (const handover of outbox.unacknowledged) {
    countDropped(handover.dropped, 'opted_out', handover.events.length)
    handover.events = []
  }
  outbox.count = outbox.size = 0
}
