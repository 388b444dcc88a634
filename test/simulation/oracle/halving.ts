/** A batch is halved for a 400 only while the server is not known to refuse everything. */

import { Breach } from '../../support/breach'
import type { Commit } from './facts'

/** One batch may have been refused before the last event was given up alone, and others with it: more than is believed. */
const SURELY_ENOUGH = 12

export function halving({ by, batches, givenUpAlone, queue }: Commit): Breach | undefined {
  if (givenUpAlone < SURELY_ENOUGH) return undefined
  const whole = batches.find(({ before, after }) => before?.lease && !after)?.before
  const halves = batches.filter(({ before, after }) => !before && after && !after.lease)
  if (!whole || halves.length !== 2) return undefined
  // What is halved for a 413 bounds the batches to come.
  if (queue?.after.sizeCap === Math.max(1, Math.floor(whole.count / 2))) return undefined
  const server = `a server that refused ${givenUpAlone} events in a row, each alone`
  return new Breach('halving', `${by.name} halves a batch of ${whole.count} for ${server}`)
}
