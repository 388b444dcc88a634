/** The page view that the script tag has captured before the code of page views was there. */

import type { Address } from './place'
import type { View } from './view'

/** Another file of the library reads this value, so no name in it is shortened. */
export type Begun = readonly [view: View, address: Address]

/** The symbol under which the `capture` of a client has this page view. */
export const BEGUN = Symbol.for('outlast')

/**
 * Characters of a title that are sent at the most: one that is longer names nothing, and could make the event too
 * large.
 */
export const MAX_TITLE = 1_000
