/** A transaction of a host that gets no answer is given up, so that it holds up no other one for good. */

import { Breach } from '../../support/breach'

/** How long a transaction may be without an answer, in ms: twice what a host waits, since that begins with an earlier one. */
const GIVEN_UP_WITHIN_MS = 10_000

interface Silent {
  context: string
  /** For how long it has had no answer, without the time for which the timers of its context were late, in ms. */
  tookMs: number
  /** A host's: a page's own is given up with its page. */
  ofHost: boolean
}

export function givenUp({ context, tookMs, ofHost }: Silent): Breach | undefined {
  if (!ofHost || tookMs <= GIVEN_UP_WITHIN_MS) return undefined
  return new Breach('givenUp', `${context} has waited ${tookMs} ms for an answer of the disk, and holds up all others`)
}
