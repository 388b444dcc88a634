/** The counters of a queue: `accepted = delivered + dropped + pending`, at every instant. */

import { countDropped } from './count-dropped'
import type { DropReason } from './reports'

/** Counts of dropped events by reason. A reason without dropped events is absent. */
export type Dropped = Partial<Record<DropReason, number>>

/** Counts of events since the queue was made: `accepted = delivered + pending + dropped`, by all reasons together. */
export interface Stats {
  /** Events that were captured, also those that were dropped right away. */
  accepted: number
  /** Events that the server has confirmed. */
  delivered: number
  /** Events that are neither delivered nor dropped yet. */
  pending: number
  /** Dropped events by reason. */
  dropped: Dropped
}

export function totalDropped(dropped: Dropped): number {
  let total = 0
  for (const count of Object.values(dropped)) total += count
  return total
}

export function addDropped(into: Dropped, more: Dropped): void {
  for (const [reason, count] of Object.entries(more) as [DropReason, number][]) countDropped(into, reason, count)
}
