/** A repeated handover is the same one, and only what was handed over is committed. */

import { Breach } from '../../support/breach'
import type { Commit } from './facts'

/** A person who opts out empties what is on its way. */
export function handover({ differing, neverHandedOver, refusals }: HandoverFacts): Breach | undefined {
  const [repeated] = refusals === 0 ? differing : []
  if (repeated !== undefined) return breach(`${repeated} was repeated with other events`)
  const [unknown] = neverHandedOver
  return unknown === undefined ? undefined : breach(`${unknown} was committed and never handed over`)
}

type HandoverFacts = Pick<Commit, 'differing' | 'neverHandedOver' | 'refusals'>

const breach = (detail: string) => new Breach('handover', detail)
