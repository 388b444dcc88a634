/** Warns of unusable options of `pageviews`. */

import { PARTS } from './place'

/** The mistake that was told last. */
let told = ''

/** A component that calls `pageviews` with each mount is told of the same mistake once. */
export function warnOnce(wrong: string): void {
  if (wrong && wrong !== told)
    console.warn(`[outlast] pageviews takes navigation (of ${PARTS}), pageLeave, scrollRoot and bots, not ${wrong}`)
  told = wrong
}
