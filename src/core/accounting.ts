/** The counters of a queue: `accepted = delivered + dropped + pending`, at every instant. */

import { DROP_REASONS, type DropReason } from './reports'

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
  for (const reason of DROP_REASONS) total += dropped[reason] ?? 0
  return total
}

export function addDropped(into: Dropped, more: Dropped): void {
  for (const reason of DROP_REASONS) {
    const count = more[reason]
    if (count) into[reason] = (into[reason] ?? 0) + count
  }
}
