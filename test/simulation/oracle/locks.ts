/** Nothing is left behind as a lock. */

import { Breach } from '../../support/breach'
import type { End } from './facts'

export function locks({ locks: [held] }: Pick<End, 'locks'>): Breach | undefined {
  return held && new Breach('locks', `${held.holder} holds ${held.name} and has nothing to do`)
}
