/** Nothing is left behind in localStorage. */

import { Breach } from '../../support/breach'
import type { End } from './facts'

export function spill({ spills, purges }: Pick<End, 'spills' | 'purges'>): Breach | undefined {
  if (spills.length === 0 || purges > 0) return undefined
  return new Breach('spill', `${spills.length} are left in localStorage`)
}
