/** Counts dropped events by their reason. */

import type { Dropped } from './accounting'
import type { DropReason } from './reports'

export function countDropped(into: Dropped, reason: DropReason, count: number): void {
  if (count > 0) into[reason] = (into[reason] ?? 0) + count
}
