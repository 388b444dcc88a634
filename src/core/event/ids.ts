/**
 * Texts that are no one's id. Each stems from a mistake in a site's code, and would make one person of all its visitors.
 *
 * The first part is what code makes of a value that is not there, which names no group either. The others are what PostHog's
 * server takes for no person's id besides: `isDistinctIdIllegal` of its ingestion and `ILLEGAL_DISTINCT_IDS` of its capture
 * service; and posthog-js's own, for a person who is not to be known. As there, in any case, and in quotes of either kind too.
 */
const NO_ID =
  /^\s*(["']?)(?:(undefined|null|nan|-?infinity|true|false|distinct_?id|\[object .*])|0|[0-]{36}|(?:anonymous-)?user|anonymous|backend|email|guest|id|none|not_authenticated|system|\$posthog_cookieless)\1\s*$/i

/** Whether the text names nothing: neither the type nor the key of a group. */
export const namesNothing = (text: string): boolean => NO_ID.exec(text)?.[2] !== undefined

/** Whether the text is the distinct id of no person. */
export const namesNobody = (text: string): boolean => NO_ID.test(text)
