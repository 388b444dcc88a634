/** Questions about flags of nobody: a client in Node knows no person of its own. */

import type { FlagOptions } from '../types'

/** The error of such a question. */
export const OF_NOBODY = 'no_distinct_id'

/** Returns a function that says whether there is nobody to ask for, and warns of that once. */
export function createOfNobody(
  person: () => { distinctId: string },
  warn: (message: string) => void,
): (options: FlagOptions) => boolean {
  let told = false
  return ({ distinctId }) => {
    if (distinctId || person().distinctId) return false
    if (!told) warn('feature flags need a distinctId in Node, which knows no person: none were asked for')
    told = true
    return true
  }
}
