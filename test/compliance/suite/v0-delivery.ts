/** Suite `capture`: what v0 does about failures, and what stays the same meanwhile. */

import assert from 'node:assert/strict'
import {
  allUuidsDistinct,
  gapIsAtLeast,
  noDuplicateInAnyRequest,
  sameTimestampsOnRetry,
  sameUuidsOnRetry,
  someSucceeded,
} from './checks'
import type { Stage } from './stage'
import { suiteOf } from './test'

const test = suiteOf('capture', { requires: 'capture_v0', types: ['client', 'server'] })

export const v0Delivery = [
  test('retry_behavior.retries_on_503', { wait: 5_000 }, async (t) => {
    await failing(t, 503, 503)
    await t.atLeast(3)
    someSucceeded(t.requests)
  }),
  finalStatus('retry_behavior.does_not_retry_on_400', 400),
  finalStatus('retry_behavior.does_not_retry_on_401', 401),
  test('retry_behavior.respects_retry_after_header', { wait: 5_000 }, async (t) => {
    t.respond({ status: 429, headers: { 'Retry-After': '3' } })
    await failing(t)
    await t.atLeast(2)
    gapIsAtLeast(t.requests, 2_500)
  }),
  test('retry_behavior.implements_backoff', { wait: 15_000 }, async (t) => {
    await failing(t, 503, 503, 503)
    await t.atLeast(3)
    gapIsAtLeast(t.requests, 100)
  }),
  retriedStatus('retry_behavior.retries_on_500', 500),
  retriedStatus('retry_behavior.retries_on_502', 502),
  retriedStatus('retry_behavior.retries_on_504', 504),
  test('retry_behavior.max_retries_respected', { wait: 15_000 }, async (t) => {
    t.respond(503, 503, 503, 503, 503)
    await t.init({ max_retries: 3 })
    await t.capture()
    await t.flush()
    await t.wait()
    t.exactly(4)
  }),
  test('deduplication.generates_unique_uuids', {}, async (t) => {
    await t.init()
    await t.captureMany(5)
    await t.flush()
    allUuidsDistinct(t.requests)
  }),
  test('deduplication.preserves_uuid_on_retry', { wait: 5_000 }, async (t) => {
    await failing(t, 503)
    await t.atLeast(2)
    sameUuidsOnRetry(t.requests)
  }),
  test('deduplication.preserves_uuid_and_timestamp_on_retry', { wait: 10_000 }, async (t) => {
    await failing(t, 503, 503)
    await t.atLeast(3)
    sameUuidsOnRetry(t.requests)
    sameTimestampsOnRetry(t.requests)
  }),
  test('deduplication.preserves_uuid_and_timestamp_on_batch_retry', { wait: 5_000 }, async (t) => {
    t.respond(503)
    await t.init({ flush_at: 10 })
    await t.captureMany(3)
    await t.flush()
    await t.atLeast(2)
    sameUuidsOnRetry(t.requests)
    sameTimestampsOnRetry(t.requests)
    noDuplicateInAnyRequest(t.requests)
  }),
  test('deduplication.different_events_have_different_uuids', {}, async (t) => {
    await t.init()
    await t.capture()
    await t.capture()
    await t.flush()
    const [first, second] = t.requests.flatMap(({ events }) => events)
    assert.ok(first && second, 'two events arrived')
    assert.notEqual(first.uuid, second.uuid)
  }),
  finalStatus('error_handling.does_not_retry_on_403', 403),
  finalStatus('error_handling.does_not_retry_on_413', 413),
  retriedStatus('error_handling.retries_on_408', 408),
]

/** One event, to an endpoint that answers so first. */
async function failing(t: Stage, ...statuses: number[]) {
  t.respond(...statuses)
  await t.init()
  await t.capture()
  await t.flush()
}

function finalStatus(name: string, status: number) {
  return test(name, { wait: 2_000 }, async (t) => {
    await failing(t, status)
    await t.wait()
    t.exactly(1)
  })
}

function retriedStatus(name: string, status: number) {
  return test(name, { wait: 5_000 }, async (t) => {
    await failing(t, status)
    await t.atLeast(2)
    someSucceeded(t.requests)
  })
}
