/** Questions about flags that name no person: a client in Node knows none of its own. */

import type { FlagOptions } from '../types'

/** The error of a question that names no person. */
export const OF_NOBODY = 'no_distinct_id'

/** Returns a function that says whether a question is about no person at all, and warns of the first such question. */
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
