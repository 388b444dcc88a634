/** Nothing is left behind in localStorage. */

import { Breach } from '../../support/breach'
import type { End } from './facts'

export function spill({ spills }: Pick<End, 'spills'>): Breach | undefined {
  if (spills.length === 0) return undefined
  return new Breach('spill', `${spills.length} are left in localStorage`)
}
