/** What a test acts on: one SDK behind the adapter and one partition of the mock. */

import assert from 'node:assert/strict'
import type { Recorded } from '../mock/partitions'
import type { Queued } from '../mock/respond'
import type { Mock } from '../mock/server'
import type { WireEvent } from '../read-body'
import { adapterClient } from './adapter-client'

export type Stage = ReturnType<typeof createStage>

export type { Recorded }

export const API_KEY = 'phc_test_key'

/** The event of a test that needs no other. */
const EVENT = { event: 'test_event', distinct_id: 'test_user' }

export function createStage({
  adapterUrl,
  mock,
  testId,
  waitMs,
}: {
  adapterUrl: string
  mock: Mock
  testId: string
  waitMs: number
}) {
  const call = adapterClient(adapterUrl, testId)
  mock.reset(testId)
  const partition = mock.of(testId)

  return {
    /** All requests recorded so far. */
    requests: partition.requests,

    /** @param queued statuses, or more of an answer */
    respond(...queued: (number | Queued)[]) {
      for (const given of queued) partition.queue.push(typeof given === 'number' ? { status: given } : given)
    },

    init: (options?: object) => call('init', { api_key: API_KEY, host: mock.url, ...options }),

    /** The harness sends nulls for what a test leaves out. */
    capture: (event?: object) => call('capture', { ...EVENT, properties: null, timestamp: null, ...event }),

    async captureMany(count: number, event?: object) {
      for (let index = 0; index < count; index++) await this.capture({ event: `test_event_${index}`, ...event })
    },

    captureAi: (event?: object) =>
      call('capture_ai', { ...EVENT, event: '$ai_generation', properties: null, timestamp: null, ...event }),

    getFlag: (read?: object) =>
      call('get_feature_flag', { key: 'signup-aa-test', distinct_id: 'test_user_123', force_remote: true, ...read }),

    flush: () => call('flush'),

    /** The whole stated wait: what must not happen has had its time. */
    wait: () => new Promise((resolve) => setTimeout(resolve, waitMs)),

    /** At least so many requests within the stated wait; once they are there, no more need be waited for. */
    async atLeast(count: number) {
      await partition.reached(count, waitMs)
      assert.ok(partition.requests.length >= count, `${partition.requests.length} requests, expected at least ${count}`)
    },

    /** Exactly so many by now. */
    exactly(count: number) {
      assert.equal(partition.requests.length, count, 'number of requests')
    },

    /** The request with that index. */
    request(index = 0): Recorded {
      const found = partition.requests.at(index)
      assert.ok(found, `there is no request ${index}; ${partition.requests.length} were recorded`)
      return found
    },

    /** The event with that index in the first request. */
    event(index = 0): WireEvent {
      const found = this.request().events[index]
      assert.ok(found, `there is no event ${index} in the first request`)
      return found
    },

    reset: () => call('reset'),

    /** Fails when the SDK or what it runs in has broken, whatever has arrived. */
    intact: () => call('state', undefined, 'GET'),
  }
}
