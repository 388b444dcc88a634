// @ts-check
/** What an SDK has sent, read from its bytes on the wire and not from what it says itself. */

import { eventsIn, readBody } from '../read-body.mjs'

/**
 * @typedef {object} RequestMade
 * @property {number} timestamp_ms
 * @property {number} status_code
 * @property {number} retry_attempt 0 for the first request with these events
 * @property {number} event_count
 * @property {string[]} uuid_list
 */

/**
 * @param {import('./gateway.mjs').Passed[]} log
 * @returns {RequestMade[]}
 */
export function requestsMade(log) {
  /** @type {Map<string, number>} */
  const seen = new Map()
  return log.map(({ at, status, encoding, body }) => {
    const uuids = eventsIn(readBody(body, encoding, ['gzip', 'deflate'])).flatMap(({ uuid }) => uuid ?? [])
    const before = Math.max(0, ...uuids.map((uuid) => seen.get(uuid) ?? 0))
    for (const uuid of uuids) seen.set(uuid, before + 1)
    return {
      timestamp_ms: at,
      status_code: status,
      retry_attempt: before,
      event_count: uuids.length,
      uuid_list: uuids,
    }
  })
}
