/** Whether an id is that of a person. This code loads late; `ids.ts` has what a page needs at first. */

import { namesNothing } from './ids'

/**
 * Texts that name something, but no person: those that PostHog's server takes for no person's id (`isDistinctIdIllegal`
 * of its ingestion and `ILLEGAL_DISTINCT_IDS` of its capture service), and posthog-js's id for a person who is not to
 * be known. As in the server they count in any case, and in quotes of either kind too.
 */
const NOBODY =
  /^\s*(["']?)(?:0|[0-]{36}|(?:anonymous-)?user|anonymous|backend|email|guest|id|none|not_authenticated|system|\$posthog_cookieless)\1\s*$/i

/** Whether the text is the distinct id of no person. */
export const namesNobody = (text: string): boolean => namesNothing(text) || NOBODY.test(text)
