/**
 * What happened while nobody looked, worked out of three things: what this page noted when it was left, the library's
 * counters, and the collector's own record of who came when.
 */

import type { CollectorStats, Request } from './collector-api'

/** Written when the page is left. */
export interface Departure {
  leftAt: number
  pending: number
  delivered: number
  dropped: number
  /** Of the collector. */
  events: number
  duplicates: number
}

export interface Return {
  at: number
  pending: number
  delivered: number
  dropped: number
  collector: CollectorStats
  requests: readonly Request[]
}

export interface Absence {
  leftAt: number
  backAt: number
  /** Undelivered when the page was left. */
  left: number
  /** Delivered while it was away. */
  delivered: number
  dropped: number
  /** Still undelivered when it came back. */
  waiting: number
  /** When the collector took events for the last time, if it did. */
  takenAt: number | undefined
  /** Requests that failed. */
  failed: number
  /** Undefined when the collector was started anew meanwhile, and so has forgotten. */
  duplicates: number | undefined
}

/** A reload is no absence. */
const SHORTEST_MS = 2_000

/** `undefined` if there is no story to tell. */
export function absence(departure: Departure, back: Return): Absence | undefined {
  const { leftAt } = departure
  const delivered = Math.max(0, back.delivered - departure.delivered)
  const dropped = Math.max(0, back.dropped - departure.dropped)
  const nothing = departure.pending === 0 && delivered === 0 && dropped === 0
  if (nothing || back.at - leftAt < SHORTEST_MS) return undefined
  const meanwhile = back.requests.filter(({ received_at }) => isBetween(Date.parse(received_at), leftAt, back.at))
  const taken = meanwhile.filter(({ status, events }) => events > 0 && status !== null && status < 300)
  const forgot = back.collector.events < departure.events
  return {
    leftAt,
    backAt: back.at,
    left: departure.pending,
    delivered,
    dropped,
    waiting: back.pending,
    takenAt: taken.length > 0 ? Math.max(...taken.map(({ received_at }) => Date.parse(received_at))) : undefined,
    failed: meanwhile.length - taken.length,
    duplicates: forgot ? undefined : back.collector.duplicates - departure.duplicates,
  }
}

const isBetween = (at: number, from: number, to: number) => at >= from && at <= to

const KEY = 'demo:departure'

export function noteDeparture(departure: Departure): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(departure))
  } catch {
    // Storage is full or denied: no story, then.
  }
}

/** What was noted, once: a story is told to one page. */
export function takeDeparture(): Departure | undefined {
  try {
    const text = localStorage.getItem(KEY)
    localStorage.removeItem(KEY)
    return text === null ? undefined : (JSON.parse(text) as Departure)
  } catch {
    return undefined
  }
}
