/** Events that a page hands over to the host of its queue, and the parser: it may be of another version, or damaged. */

import { type Dropped, totalDropped } from './accounting'
import { areEvents } from './are-events'
import type { EventJson, WireFormat } from './event'
import { WIRE_FORMATS } from './formats'
import { isCount } from './is-count'
import { END_OF_TIME, MAX_HANDOVER_DROPS, MAX_HANDOVER_EVENTS } from './limits'
import type { Millis } from './ports'
import { DROP_REASONS } from './reports'
import { asRecord } from './values'

export const LANES = ['live', 'historical'] as const
export type Lane = (typeof LANES)[number]

/** Events that a producer hands over, and what it dropped itself since its last handover. */
export interface Handover {
  /** UUID of a page's life. */
  producer: string
  /** 1, 2, 3 ... per producer. */
  seq: number
  lane: Lane
  format: WireFormat
  events: EventJson[]
  dropped: Dropped
  /** When its last event was captured, by the wall clock; 0 where that is not known. */
  at: Millis
  /** ms that the clock which stamped its events was ahead of the wall clock; see `skewOf`. */
  skew: Millis
}

/** A handover from a message, from the journal, or from what a page left in localStorage. */
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

const isWithinDates = (ms: unknown): ms is Millis => typeof ms === 'number' && Math.abs(ms) < END_OF_TIME

/**
 * Events are stamped by the page's `clock`, and the queue runs by the wall clock. What corrects the timestamps on the
 * server (`sent_at`) has to go by the clock that made them, so the difference stays with the events. There is none in
 * what an earlier version wrote.
 */
export const skewOf = (raw: unknown): Millis => (isWithinDates(raw) ? raw : 0)

/** Known reasons with proper counts; anything else is left out. */
export function parseDropped(raw: unknown): Dropped {
  const given = asRecord(raw)
  return Object.fromEntries(
    DROP_REASONS.filter((name) => Object.hasOwn(given, name) && isCount(given[name])).map((name) => [
      name,
      given[name],
    ]),
  )
}
