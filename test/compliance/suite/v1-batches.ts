/** Suite `capture_v1`: what goes together in a request, what tells requests apart, and what is answered. */

import assert from 'node:assert/strict'
import { isObject } from '../read-body'
import {
  allUuidsDistinct,
  isUtc,
  isUuid,
  noDuplicateInAnyRequest,
  sameTimestampsOnRetry,
  sameUuidsOnRetry,
} from './checks'
import type { Recorded, Stage } from './stage'
import { suiteOf } from './test'

const test = suiteOf('capture_v1', { requires: 'capture_v1' })

/** `created_at` may be this old when it is looked at, in ms. */
const FRESH_MS = 5_000

export const v1Batches = [
  test('batch_behavior.multiple_events_in_single_batch', {}, async (t) => {
    await sendMany(t, 5)
    t.exactly(1)
    assert.equal(t.request().events.length, 5)
  }),
  test('batch_behavior.batch_envelope_smoke', {}, async (t) => {
    await sendMany(t, 4, { flush_at: 4 })
    t.exactly(1)
    const { events, headers, json } = t.request()
    assert.equal(events.length, 4)
    assert.match(String(headers.authorization), /^Bearer /)
    assert.ok(isObject(json) && Array.isArray(json.batch))
    isUtc(json.created_at)
  }),
  test('batch_behavior.flush_with_no_events_sends_nothing', {}, async (t) => {
    await t.init()
    await t.flush()
    t.exactly(0)
  }),
  test('batch_behavior.flush_at_triggers_batch', { wait: 1_000 }, async (t) => {
    await t.init({ flush_at: 3 })
    await t.captureMany(3)
    await t.atLeast(1)
  }),
  test('batch_behavior.created_at_reflects_batch_creation_time', {}, async (t) => {
    await sendMany(t, 1, { flush_at: 1 })
    const { json } = t.request()
    assert.ok(isObject(json))
    const age = Date.now() - Date.parse(String(json.created_at))
    assert.ok(Math.abs(age) <= FRESH_MS, `created_at is ${age} ms old`)
  }),
  test('deduplication.generates_unique_uuids', {}, async (t) => {
    await sendMany(t, 5)
    allUuidsDistinct(t.requests)
  }),
  test('deduplication.different_events_same_content_different_uuids', {}, async (t) => {
    await t.init({ flush_at: 10 })
    await t.capture()
    await t.capture()
    await t.flush()
    assert.notEqual(t.event(0).uuid, t.event(1).uuid)
  }),
  retried('deduplication.preserves_uuid_on_retry', sameUuidsOnRetry),
  retried('deduplication.preserves_timestamp_on_retry', sameTimestampsOnRetry),
  test('deduplication.preserves_uuid_and_timestamp_on_batch_retry', { wait: 5_000 }, async (t) => {
    t.respond(503)
    await sendMany(t, 3)
    await t.atLeast(2)
    sameUuidsOnRetry(t.requests)
    sameTimestampsOnRetry(t.requests)
    noDuplicateInAnyRequest(t.requests)
  }),
  test('deduplication.no_duplicate_events_in_batch', {}, async (t) => {
    await sendMany(t, 5)
    await t.atLeast(1)
    noDuplicateInAnyRequest(t.requests)
  }),
  test('header_behavior_on_retry.attempt_header_starts_at_one', {}, async (t) => {
    await sendMany(t, 1, { flush_at: 1 })
    assert.equal(t.request().headers['posthog-attempt'], '1')
  }),
  test('header_behavior_on_retry.attempt_header_increments_on_retry', { wait: 10_000 }, async (t) => {
    t.respond(503, 503)
    await sendMany(t, 1)
    await t.wait()
    await t.atLeast(3)
    const attempts = t.requests.map(({ headers }) => headers['posthog-attempt'])
    const counted = t.requests.map((_, index) => String(index + 1))
    assert.deepEqual(attempts, counted)
  }),
  test('header_behavior_on_retry.request_id_preserved_on_retry', { wait: 5_000 }, async (t) => {
    t.respond(503)
    await sendMany(t, 1)
    await t.wait()
    await t.atLeast(2)
    const ids = t.requests.map(({ headers }) => headers['posthog-request-id'])
    isUuid(ids[0])
    assert.equal(new Set(ids).size, 1, 'one request id')
  }),
  test('header_behavior_on_retry.different_requests_have_different_request_ids', { wait: 1_000 }, async (t) => {
    await t.init({ flush_at: 1 })
    for (let round = 0; round < 2; round++) {
      await t.capture()
      await t.flush()
      await t.wait()
    }
    await t.atLeast(2)
    const [first, second] = t.requests.map(({ headers }) => headers['posthog-request-id'])
    assert.notEqual(first, second)
  }),
  retried('header_behavior_on_retry.request_timestamp_changes_on_retry', ([first, second]) => {
    const name = 'posthog-request-timestamp'
    assert.notEqual(first?.headers[name], second?.headers[name])
  }),
  test('response_format_validation.success_response_has_uuid_keyed_results', {}, async (t) => {
    await sendMany(t, 1, { flush_at: 1 })
    assert.equal(t.request().answer.status, 200)
    assert.ok(isObject(resultsOf(t)))
  }),
  test('response_format_validation.success_response_has_ok_for_each_event', {}, async (t) => {
    await sendMany(t, 3)
    const results = Object.values<{ result: string }>(resultsOf(t)).map(({ result }) => result)
    assert.deepEqual(results, ['ok', 'ok', 'ok'])
  }),
  test('response_format_validation.success_no_retry_after_when_all_ok', {}, async (t) => {
    await sendMany(t, 2)
    assert.equal(t.request().answer.headers['retry-after'], undefined)
  }),
  test('response_format_validation.success_retry_after_present_when_retry_events', {}, async (t) => {
    t.respond({ v1_event_results: ['ok', 'retry'] })
    await sendMany(t, 2)
    assert.equal(t.request().answer.headers['retry-after'], '1')
  }),
  test('response_format_validation.success_no_retry_after_when_drop_only', {}, async (t) => {
    t.respond({ v1_event_results: ['ok', 'drop'] })
    await sendMany(t, 2)
    assert.equal(t.request().answer.headers['retry-after'], undefined)
  }),
  test('response_format_validation.response_echoes_request_id', {}, async (t) => {
    await sendMany(t, 1, { flush_at: 1 })
    const { headers, answer } = t.request()
    isUuid(headers['posthog-request-id'])
    assert.equal(answer.headers['posthog-request-id'], headers['posthog-request-id'])
  }),
]

async function sendMany(t: Stage, count: number, options: object = { flush_at: 10 }) {
  await t.init(options)
  await t.captureMany(count)
  await t.flush()
}

/** One event, refused once. */
function retried(name: string, check: (requests: Recorded[]) => void) {
  return test(name, { wait: 5_000 }, async (t) => {
    t.respond(503)
    await t.init()
    await t.capture()
    await t.flush()
    await t.atLeast(2)
    check(t.requests)
  })
}

function resultsOf(t: Stage) {
  return JSON.parse(t.request().answer.body).results
}
