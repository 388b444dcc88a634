/** The counters of a queue: `accepted = delivered + dropped + pending`, at every instant. */

import { countDropped } from './count-dropped'
import type { DropReason } from './reports'

export type Dropped = Partial<Record<DropReason, number>>

/** Counts of events since the queue was made. `pending` are accepted and not yet delivered or dropped. */
export interface Stats {
  accepted: number
  delivered: number
  pending: number
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
