/**
 * How long in ms a transaction may be without an answer of the disk: to its first request, which waits for transactions
 * of other contexts, to a later one, or to its commit. All of these take some ms. In WebKit a process that is suspended
 * in a transaction has kept those of all others waiting for half an hour (WebKit bug 315804).
 */
export const ANSWER_LIMIT_MS = 5_000
