/** Nothing is left behind as a lock. */

import { Breach } from '../../support/breach'
import type { End } from './facts'

/** Who asks for a lock that is held waits until its holder has no request left: so each asks for one of its own. */
export function ownLock({
  name,
  holder,
  asker,
}: {
  name: string
  holder: string | undefined
  asker: string
}): Breach | undefined {
  return holder === undefined ? undefined : new Breach('locks', `${asker} asks for ${name}, which ${holder} holds`)
}

export function locks({ locks: [held] }: Pick<End, 'locks'>): Breach | undefined {
  return held && new Breach('locks', `${held.holder} holds ${held.name} and has nothing to do`)
}
