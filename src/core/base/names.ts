/** Names that pages and workers of an origin share. */

/** The tag of the one-shot (and, where granted, periodic) Background Sync. */
export const SYNC_TAG = 'outlast'

/** The BroadcastChannel on which hosts tell pages what happens to events. */
export const REPORT_CHANNEL = 'outlast'

/**
 * The BroadcastChannel by which clients tell each other that the rules of a queue have changed, when a person of their
 * project refused last, and that the library is removed from the site.
 */
export const RULES_CHANNEL = 'outlast:rules'
