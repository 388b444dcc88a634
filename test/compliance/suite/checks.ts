/** What the suites assert more than once. Each throws what is wrong. */

import assert from 'node:assert/strict'
import type { Recorded } from '../mock/partitions'
import type { WireEvent } from '../read-body'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** RFC 3339 in UTC, as the harness takes it. */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/

export function isUuid(value: unknown) {
  assert.match(String(value), UUID)
}

export function isUtc(value: unknown) {
  assert.equal(typeof value, 'string', 'type of the timestamp')
  assert.match(String(value), UTC)
}

export function someSucceeded(requests: Recorded[]) {
  const statuses = requests.map(({ answer }) => answer.status)
  assert.ok(statuses.includes(200), `no request was answered 200: ${statuses.join(', ')}`)
}

export function allUuidsDistinct(requests: Recorded[]) {
  const uuids = requests.flatMap(uuidsOf)
  assert.ok(uuids.length > 0, 'no event arrived')
  assert.equal(new Set(uuids).size, uuids.length, 'distinct uuids')
}

export function noDuplicateInAnyRequest(requests: Recorded[]) {
  for (const request of requests) assert.equal(new Set(uuidsOf(request)).size, request.events.length, 'distinct uuids')
}

export function sameUuidsOnRetry([first, second]: Recorded[]) {
  assert.ok(first && second)
  assert.ok(first.events.length > 0, 'no event arrived')
  assert.deepEqual(uuidsOf(second), uuidsOf(first))
}

export function sameTimestampsOnRetry([first, second]: Recorded[]) {
  assert.ok(first && second)
  const of = ({ events }: Recorded) => events.map(({ timestamp }) => timestamp)
  assert.deepEqual(of(second), of(first))
}

/** @param leastMs between the first two */
export function gapIsAtLeast([first, second]: Recorded[], leastMs: number) {
  assert.ok(first && second)
  const gap = second.arrivedAt - first.arrivedAt
  assert.ok(gap >= leastMs, `the second request came ${Math.round(gap)} ms after the first, expected ${leastMs}`)
}

/** `2025-01-02T08:34:05+05:30` as a property stays what it is; as the timestamp it becomes its instant in UTC. */
export const NON_UTC = {
  timestamp: '2025-01-02T08:34:05+05:30',
  properties: { timestamp_like: '2025-01-02T08:34:05+05:30' },
}

export function nonUtcWasConverted(requests: Recorded[]) {
  const events = requests.flatMap((request) => request.events)
  assert.ok(events.length > 0, 'no event arrived')
  for (const { timestamp } of events) {
    isUtc(timestamp)
    assert.equal(Date.parse(timestamp), Date.UTC(2025, 0, 2, 3, 4, 5))
  }
  assert.equal(events[0]?.properties.timestamp_like, NON_UTC.properties.timestamp_like)
}

export const CUSTOM = { custom_string: 'hello', custom_number: 42, custom_bool: true }

export function customPropertiesPreserved({ properties }: WireEvent) {
  for (const [name, value] of Object.entries(CUSTOM)) assert.equal(properties[name], value, name)
}

export const flagsRequests = (requests: Recorded[]) => requests.filter(({ path }) => bare(path) === '/flags')

export const capturesOf = (requests: Recorded[]) => requests.filter(({ path }) => bare(path) !== '/flags')

/** Paths are compared without the slashes at their ends. */
export const bare = (path: string) => path.replace(/\/+$/, '')

export const uuidsOf = ({ events }: Recorded) => events.map(({ uuid }) => uuid)
