/** What a page was told is committed is on disk, and nothing is sent before it is. */

import { Breach } from '../../support/breach'
import type { Sent } from './facts'
import type { Witness } from './witness'

/** A page was told of these events. */
export function acknowledged({ witnesses }: { witnesses: Witness[] }): Breach | undefined {
  const early = witnesses.find(({ committedAt }) => committedAt === undefined)
  return early && new Breach('acknowledged', `${early.uuid} was acknowledged and is not committed`)
}

export function sentBeforeCommit({ events }: Pick<Sent, 'events'>): Breach | undefined {
  const early = events.find(({ witness }) => witness.committedAt === undefined && !witness.inMemory)
  return early && new Breach('acknowledged', `${early.witness.uuid} is sent and was never committed`)
}
