import type { Dropped } from './accounting'
import type { DropReason } from './reports'

export function addDropped(into: Dropped, more: Dropped): void {
  for (const [reason, count] of Object.entries(more) as [DropReason, number][]) {
    if (count) into[reason] = (into[reason] ?? 0) + count
  }
}
