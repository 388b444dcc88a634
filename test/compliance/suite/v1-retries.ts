/** Suite `capture_v1`: what is tried again, when, and what of a batch. */

import assert from 'node:assert/strict'
import type { Queued } from '../mock/respond'
import { capturesOf, gapIsAtLeast, someSucceeded, uuidsOf } from './checks'
import type { Stage } from './stage'
import { suiteOf } from './test'

const test = suiteOf('capture_v1', { requires: 'capture_v1' })

type Results = NonNullable<Queued['v1_event_results']>

export const v1Retries = [
  ...[408, 500, 504].map((status) =>
    test(`retry_behavior.retries_on_${status}`, { wait: 5_000 }, async (t) => {
      await failing(t, status)
      await t.atLeast(2)
      someSucceeded(t.requests)
    }),
  ),
  test('retry_behavior.retries_on_503', { wait: 5_000 }, async (t) => {
    await failing(t, 503, 503)
    await t.atLeast(3)
    someSucceeded(t.requests)
  }),
  test('retry_behavior.retryable_errors_have_retry_after', { wait: 2_000 }, async (t) => {
    await failing(t, 503)
    await t.wait()
    assert.equal(t.request().answer.headers['retry-after'], '1')
  }),
  test('retry_behavior.respects_retry_after_on_retryable_error', { wait: 8_000 }, async (t) => {
    t.respond({ status: 503, headers: { 'Retry-After': '3' } })
    await failing(t)
    await t.atLeast(2)
    gapIsAtLeast(t.requests, 2_500)
  }),
  ...[400, 401, 402, 413, 415].map((status) => finalStatus(`retry_behavior.does_not_retry_on_${status}`, status)),
  test('retry_behavior.non_retryable_errors_have_no_retry_after', { wait: 2_000 }, async (t) => {
    await failing(t, 401)
    await t.wait()
    assert.equal(t.request().answer.headers['retry-after'], undefined)
  }),
  test('retry_behavior.implements_backoff', { wait: 15_000 }, async (t) => {
    await failing(t, 503, 503, 503)
    await t.atLeast(3)
    gapIsAtLeast(t.requests, 100)
  }),
  test('retry_behavior.max_retries_respected', { wait: 15_000 }, async (t) => {
    t.respond(503, 503, 503, 503, 503)
    await t.init({ max_retries: 3 })
    await t.capture()
    await t.flush()
    await t.wait()
    t.exactly(4)
  }),
  finalStatus('error_handling.does_not_retry_on_unknown_4xx', 403),
  test('partial_batch_handling.handles_200_full_success', { wait: 2_000 }, async (t) => {
    await t.init({ flush_at: 1 })
    await t.capture()
    await t.flush()
    await t.wait()
    t.exactly(1)
  }),
  settled('handles_200_with_all_ok', ['ok', 'ok', 'ok']),
  settled('does_not_retry_dropped_events', ['drop', 'drop']),
  settled('does_not_retry_limited_events', ['ok', 'limited']),
  pruned('prunes_ok_events_on_partial_retry', ['ok', 'retry']),
  pruned('prunes_dropped_events_on_partial_retry', ['drop', 'retry']),
  pruned('retries_only_retry_events_from_partial', ['ok', 'drop', 'retry'], async (t) => {
    await t.wait()
    assert.equal(t.request(-1).events.length, 1)
  }),
  pruned('partial_retry_preserves_uuids', ['ok', 'retry']),
  test('partial_batch_handling.partial_retry_attempt_header_increments', { wait: 5_000 }, async (t) => {
    await partial(t, ['ok', 'retry'])
    await t.wait()
    await t.atLeast(2)
    const attempts = t.requests.map(({ headers }) => headers['posthog-attempt'])
    const counted = t.requests.map((_, index) => String(index + 1))
    assert.deepEqual(attempts, counted)
  }),
  test('partial_batch_handling.partial_retry_request_id_preserved', { wait: 5_000 }, async (t) => {
    await partial(t, ['ok', 'retry'])
    await t.wait()
    await t.atLeast(2)
    assert.equal(new Set(t.requests.map(({ headers }) => headers['posthog-request-id'])).size, 1, 'one request id')
  }),
  test('partial_batch_handling.respects_retry_after_on_partial', { wait: 5_000 }, async (t) => {
    await partial(t, ['ok', 'retry'], { 'Retry-After': '3' })
    await t.atLeast(2)
    gapIsAtLeast(t.requests, 2_500)
  }),
  settled('unknown_result_treated_as_terminal', [
    'ok',
    { result: 'unknown_future_result', details: 'some_new_detail' },
  ]),
  settled('mixed_ok_drop_limited_no_retry', ['ok', 'drop', 'limited', 'ok']),
]

/** One event, to an endpoint that answers so first. */
async function failing(t: Stage, ...statuses: number[]) {
  t.respond(...statuses)
  await t.init()
  await t.capture()
  await t.flush()
}

/** One event for each result. */
async function partial(t: Stage, results: Results, headers: Record<string, string> = {}) {
  t.respond({ v1_event_results: results, headers })
  await t.init({ flush_at: 10 })
  await t.captureMany(results.length)
  await t.flush()
}

function finalStatus(name: string, status: number) {
  return test(name, { wait: 2_000 }, async (t) => {
    await failing(t, status)
    await t.wait()
    assert.equal(capturesOf(t.requests).length, 1, 'number of requests')
  })
}

/** Results after which nothing is sent again. */
function settled(name: string, results: Results) {
  return test(`partial_batch_handling.${name}`, { wait: 3_000 }, async (t) => {
    await partial(t, results)
    await t.wait()
    t.exactly(1)
  })
}

/** The second request has all events that were to be sent again, and no others. */
function pruned(name: string, results: Results, further?: (t: Stage) => Promise<void>) {
  return test(`partial_batch_handling.${name}`, { wait: 5_000 }, async (t) => {
    await partial(t, results)
    await t.atLeast(2)
    const again = uuidsOf(t.request(0)).filter((_, index) => results[index] === 'retry')
    assert.deepEqual(uuidsOf(t.request(1)), again)
    await further?.(t)
  })
}
