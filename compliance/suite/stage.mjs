// @ts-check
/** What a test acts on: one SDK behind the adapter and one partition of the mock. */

import assert from 'node:assert/strict'
import { adapterClient } from './adapter-client.mjs'

/** @typedef {ReturnType<typeof createStage>} Stage */

/** @typedef {import('../mock/partitions.mjs').Recorded} Recorded */

export const API_KEY = 'phc_test_key'

/** The event of a test that needs no other. */
const EVENT = { event: 'test_event', distinct_id: 'test_user' }

/**
 * @param {object} options
 * @param {string} options.adapterUrl
 * @param {import('../mock/server.mjs').Mock} options.mock
 * @param {string} options.testId
 * @param {number} options.waitMs
 */
export function createStage({ adapterUrl, mock, testId, waitMs }) {
  const call = adapterClient(adapterUrl, testId)
  mock.reset(testId)
  const partition = mock.of(testId)

  return {
    /** All requests recorded so far. */
    requests: partition.requests,

    /** @param {(number | import('../mock/respond.mjs').Queued)[]} queued statuses, or more of an answer */
    respond(...queued) {
      for (const given of queued) partition.queue.push(typeof given === 'number' ? { status: given } : given)
    },

    /** @param {object} [options] */
    init: (options) => call('init', { api_key: API_KEY, host: mock.url, ...options }),

    /** The harness sends nulls for what a test leaves out. @param {object} [event] */
    capture: (event) => call('capture', { ...EVENT, properties: null, timestamp: null, ...event }),

    /**
     * @param {number} count
     * @param {object} [event]
     */
    async captureMany(count, event) {
      for (let index = 0; index < count; index++) await this.capture({ event: `test_event_${index}`, ...event })
    },

    /** @param {object} [event] */
    captureAi: (event) =>
      call('capture_ai', { ...EVENT, event: '$ai_generation', properties: null, timestamp: null, ...event }),

    /** @param {object} [read] */
    getFlag: (read) =>
      call('get_feature_flag', { key: 'signup-aa-test', distinct_id: 'test_user_123', force_remote: true, ...read }),

    flush: () => call('flush'),

    /** The whole stated wait: what must not happen has had its time. */
    wait: () => new Promise((resolve) => setTimeout(resolve, waitMs)),

    /** At least so many requests within the stated wait; once they are there, no more need be waited for. */
    async atLeast(/** @type {number} */ count) {
      await partition.reached(count, waitMs)
      assert.ok(partition.requests.length >= count, `${partition.requests.length} requests, expected at least ${count}`)
    },

    /** Exactly so many by now. */
    exactly(/** @type {number} */ count) {
      assert.equal(partition.requests.length, count, 'number of requests')
    },

    /** The request with that index. @returns {Recorded} */
    request(index = 0) {
      const found = partition.requests.at(index)
      assert.ok(found, `there is no request ${index}; ${partition.requests.length} were recorded`)
      return found
    },

    /** The event with that index in the first request. @returns {Record<string, any>} */
    event(index = 0) {
      const found = this.request().events[index]
      assert.ok(found, `there is no event ${index} in the first request`)
      return found
    },

    reset: () => call('reset'),

    /** Fails when the SDK or what it runs in has broken, whatever has arrived. */
    intact: () => call('state', undefined, 'GET'),
  }
}
