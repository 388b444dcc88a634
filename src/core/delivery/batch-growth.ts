/**
 * How many events a new batch takes: few at first, and twice as many after each full one that the endpoint has taken
 * quickly. A request costs the device nearly the same with 100 events as with 500, so a long backlog takes a third of
 * the work. A slow network gets small requests, which fit into its time limit.
 */

import type { Verdict } from '../protocol/verdict'

/** What PostHog's SDKs send at most in a request by default. */
const FIRST_EVENTS = 100

/** A request that takes longer than this many ms is no quick one: twice its events could take twice as long. */
const QUICK_MS = 1_000

export interface BatchGrowth {
  /** The most events in the next new batch, if the settings allow as many. */
  readonly most: number
  /** A request with so many events has ended after `tookMs`. */
  note(verdict: Verdict, events: number, tookMs: number): void
}

export function createBatchGrowth(): BatchGrowth {
  let most = FIRST_EVENTS
  return {
    get most() {
      return most
    },
    note({ kind }, events, tookMs) {
      const isQuick = tookMs >= 0 && tookMs < QUICK_MS
      const isTaken = kind === 'delivered' || kind === 'partial'
      if (!isQuick || !isTaken) most = FIRST_EVENTS
      else if (events >= most) most = 2 * events
    },
  }
}
