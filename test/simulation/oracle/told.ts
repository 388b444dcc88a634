/** Hosts count at least what they tell of drops, by reason. */

import type { DropReason } from '../../../src/core/base/reports'
import { Breach } from '../../support/breach'
import type { End } from './facts'

export function told({ told: drops, counted }: Pick<End, 'told' | 'counted'>): Breach | undefined {
  for (const [reason, count] of Object.entries(drops) as [DropReason, number][]) {
    const known = counted[reason] ?? 0
    if (count > known) {
      return new Breach('told', `${count} events were told to be dropped as ${reason}, ${known} are counted`)
    }
  }
  return undefined
}
