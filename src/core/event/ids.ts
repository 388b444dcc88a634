/**
 * Texts that are no one's id. Each stems from a mistake in a site's code, and would make one person of all its visitors.
 */

/** What code makes of a value that is not there: it names neither a person nor a group. */
const NOTHING = 'undefined|null|nan|-?infinity|true|false|distinct_?id|\\[object .*]'

/**
 * What PostHog's server takes for no person's id besides: `isDistinctIdIllegal` of its ingestion and
 * `ILLEGAL_DISTINCT_IDS` of its capture service. The last one is posthog-js's, for a person who is not to be known.
 */
const NOBODY =
  '0|[0-]{36}|(anonymous-)?user|anonymous|backend|email|guest|id|none|not_authenticated|system|\\$posthog_cookieless'

/** As the server does: in any case, and in quotes of either kind too. */
const only = (words: string) => RegExp(`^\\s*(["']?)(${words})\\1\\s*$`, 'i')

const nothing = only(NOTHING)
const nobody = only(`${NOTHING}|${NOBODY}`)

/** Whether the text names nothing: neither the type nor the key of a group. */
export const namesNothing = (text: string): boolean => nothing.test(text)

/** Whether the text is the distinct id of no person. */
export const namesNobody = (text: string): boolean => nobody.test(text)

/** A number as its text; any other value as it is. */
export const asText = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'bigint' ? `${value}` : value
