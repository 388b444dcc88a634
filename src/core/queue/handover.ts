/** The events that a page hands over to the host of its queue, and a parser for handovers of any version. */

import { type Dropped, totalDropped } from '../base/accounting'
import { isCount } from '../base/is-count'
import { END_OF_TIME, MAX_HANDOVER_DROPS, MAX_HANDOVER_EVENTS } from '../base/limits'
import type { Millis } from '../base/ports'
import { asRecord } from '../base/values'
import { areEvents } from '../event/codec'
import type { EventJson, WireFormat } from '../event/event'

export const LANES = ['live', 'historical'] as const
export type Lane = (typeof LANES)[number]

export const WIRE_FORMATS = ['v0', 'v1', 'ai', 'json'] as const satisfies readonly WireFormat[]

/** Events that a producer hands over, and counts of those that it dropped itself since its last handover. */
export interface Handover {
  /** UUID of the client that captured the events: another one for each load of a page. */
  producer: string
  /** The handover's number: 1, 2, 3 ... for each producer. */
  seq: number
  lane: Lane
  format: WireFormat
  events: EventJson[]
  dropped: Dropped
  /** When the last of the events was captured, by the wall clock; 0 where that is not known. */
  at: Millis
  /** ms that the clock which stamped the events was ahead of the wall clock; see `skewOf`. */
  skew: number
}

/** Parses a handover from a message, from the journal, or from the localStorage of an earlier page. */
export function parseHandover(raw: unknown): Handover | undefined {
  const { producer, seq, lane, format, events, dropped, at, skew } = asRecord(raw)
  if (typeof producer !== 'string' || producer.length === 0 || producer.length > 64) return undefined
  if (!isCount(seq) || seq === 0 || !LANES.includes(lane as Lane) || !WIRE_FORMATS.includes(format as WireFormat)) {
    return undefined
  }
  if (!Array.isArray(events) || events.length > MAX_HANDOVER_EVENTS || !areEvents(events)) return undefined
  const drops = parseDropped(dropped)
  if (totalDropped(drops) > MAX_HANDOVER_DROPS) return undefined
  return {
    producer,
    seq,
    lane: lane as Lane,
    format: format as WireFormat,
    events,
    dropped: drops,
    at: isWithinDates(at) && at > 0 ? at : 0,
    skew: skewOf(skew),
  }
}

const isWithinDates = (ms: unknown): ms is number => typeof ms === 'number' && Math.abs(ms) < END_OF_TIME

/**
 * Parses a skew: how far the page's `clock`, which stamps events, is ahead of the wall clock, by which the queue runs.
 * Events keep their skew, because `sent_at` has to be said by the clock that stamped them. Records of an earlier
 * version have no skew, which counts as 0.
 */
export const skewOf = (raw: unknown): number => (isWithinDates(raw) ? raw : 0)

/** The most reasons that are kept: there is room for those of later versions. */
const MAX_REASONS = 32

/** The longest name of a reason, in characters. */
const MAX_REASON_LENGTH = 32

/**
 * Parses drops: keeps the reasons that have a valid count. Those that only a later version has are kept too: a page or a
 * worker of that version may have the queue at the same time, and reads the record that is written here.
 */
export const parseDropped = (raw: unknown): Dropped =>
  Object.fromEntries(
    Object.entries(asRecord(raw))
      .filter(([name, count]) => isCount(count) && name.length <= MAX_REASON_LENGTH && !(name in {}))
      .slice(0, MAX_REASONS),
  )
