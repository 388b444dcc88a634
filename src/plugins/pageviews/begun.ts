/** The page view that the script tag has captured before the code of page views was there. */

/** By position, and of the session in which it was captured: another file of the library reads it. */
export type Begun = readonly [id: string, href: string, session: string]

/** Under which it is on the `capture` of its client. */
export const BEGUN = Symbol.for('outlast')

/** Characters of a title that are sent at the most: one that is longer names nothing, and could make the event too large. */
export const MAX_TITLE = 1_000
