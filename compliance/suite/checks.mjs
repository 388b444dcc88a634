// @ts-check
/** What the suites assert more than once. Each throws what is wrong. */

import assert from 'node:assert/strict'

/** @typedef {import('../mock/partitions.mjs').Recorded} Recorded */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** RFC 3339 in UTC, as the harness takes it. */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/

/** @param {unknown} value */
export function isUuid(value) {
  assert.match(String(value), UUID)
}

/** @param {unknown} value */
export function isUtc(value) {
  assert.equal(typeof value, 'string', 'type of the timestamp')
  assert.match(String(value), UTC)
}

/** @param {Recorded[]} requests */
export function someSucceeded(requests) {
  const statuses = requests.map(({ answer }) => answer.status)
  assert.ok(statuses.includes(200), `no request was answered 200: ${statuses.join(', ')}`)
}

/** @param {Recorded[]} requests */
export function allUuidsDistinct(requests) {
  const uuids = requests.flatMap(uuidsOf)
  assert.ok(uuids.length > 0, 'no event arrived')
  assert.equal(new Set(uuids).size, uuids.length, 'distinct uuids')
}

/** @param {Recorded[]} requests */
export function noDuplicateInAnyRequest(requests) {
  for (const request of requests) assert.equal(new Set(uuidsOf(request)).size, request.events.length, 'distinct uuids')
}

/** @param {Recorded[]} requests */
export function sameUuidsOnRetry([first, second]) {
  assert.ok(first && second)
  assert.ok(first.events.length > 0, 'no event arrived')
  assert.deepEqual(uuidsOf(second), uuidsOf(first))
}

/** @param {Recorded[]} requests */
export function sameTimestampsOnRetry([first, second]) {
  assert.ok(first && second)
  const of = (/** @type {Recorded} */ { events }) => events.map(({ timestamp }) => timestamp)
  assert.deepEqual(of(second), of(first))
}

/**
 * @param {Recorded[]} requests
 * @param {number} leastMs between the first two
 */
export function gapIsAtLeast([first, second], leastMs) {
  assert.ok(first && second)
  const gap = second.arrivedAt - first.arrivedAt
  assert.ok(gap >= leastMs, `the second request came ${Math.round(gap)} ms after the first, expected ${leastMs}`)
}

/** `2025-01-02T08:34:05+05:30` as a property stays what it is; as the timestamp it becomes its instant in UTC. */
export const NON_UTC = {
  timestamp: '2025-01-02T08:34:05+05:30',
  properties: { timestamp_like: '2025-01-02T08:34:05+05:30' },
}

/** @param {Recorded[]} requests */
export function nonUtcWasConverted(requests) {
  const events = requests.flatMap((request) => request.events)
  assert.ok(events.length > 0, 'no event arrived')
  for (const { timestamp } of events) {
    isUtc(timestamp)
    assert.equal(Date.parse(timestamp), Date.UTC(2025, 0, 2, 3, 4, 5))
  }
  assert.equal(events[0]?.properties.timestamp_like, NON_UTC.properties.timestamp_like)
}

export const CUSTOM = { custom_string: 'hello', custom_number: 42, custom_bool: true }

/** @param {Record<string, any>} event */
export function customPropertiesPreserved({ properties }) {
  for (const [name, value] of Object.entries(CUSTOM)) assert.equal(properties[name], value, name)
}

/** @param {Recorded[]} requests */
export const flagsRequests = (requests) => requests.filter(({ path }) => bare(path) === '/flags')

/** @param {Recorded[]} requests */
export const capturesOf = (requests) => requests.filter(({ path }) => bare(path) !== '/flags')

/**
 * Paths are compared without the slashes at their ends.
 *
 * @param {string} path
 */
export const bare = (path) => path.replace(/\/+$/, '')

/** @param {Recorded} request */
export const uuidsOf = ({ events }) => events.map(({ uuid }) => uuid)
