// @ts-check
/** What the mock answers to a request: the endpoint's own answer, or what a test has queued. */

import { isObject } from '../read-body.mjs'

/**
 * An answer that a test has queued. `v1_event_results` are by position; missing ones are `ok`.
 *
 * @typedef {object} Queued
 * @property {number} [status]
 * @property {Record<string, string>} [headers]
 * @property {string | Record<string, unknown>} [body]
 * @property {(string | { result: string, details?: string })[]} [v1_event_results]
 */

/** @typedef {{ status: number, headers: Record<string, string>, body: string }} Answer names of headers in lower case */

/** @typedef {{ headers: Record<string, string>, query: Record<string, string>, events: Record<string, any>[] }} Asked */

/** v1 tells of these when to come back, where the test did not. 502 and 429 are not among them. */
const RETRY_AFTER = new Set([408, 500, 503, 504])

/**
 * @param {import('./routes.mjs').Endpoint} endpoint
 * @param {Asked} asked
 * @param {Queued | undefined} queued
 * @returns {Answer}
 */
export function respond(endpoint, asked, queued = {}) {
  const { status = 200, body, v1_event_results: results } = queued
  const headers = {
    'content-type': 'application/json',
    ...ownHeaders(endpoint, asked, status),
    ...lower(queued.headers),
  }
  if (results) {
    const again = results.some((given) => named(given).result === 'retry')
    const retryAfter = /** @type {Record<string, string>} */ (again ? { 'retry-after': '1' } : {})
    return { status, headers: { ...retryAfter, ...headers }, body: JSON.stringify(resultsOf(asked.events, results)) }
  }
  const ok = status >= 200 && status < 300
  if (ok && endpoint === 'flags') {
    return { status, headers, body: JSON.stringify({ ...NO_FLAGS, ...objectOf(body) }) }
  }
  if (body !== undefined) return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
  if (status === 204 || (status === 200 && endpoint === 'v0' && asked.query.beacon === '1')) {
    return { status: 204, headers, body: '' }
  }
  return { status, headers, body: JSON.stringify(ok ? success(endpoint, asked) : failure(endpoint, status)) }
}

/** The shape that the real service has left behind, which the mock still answers in, even for `v=2`. */
const NO_FLAGS = { featureFlags: {}, featureFlagPayloads: {}, errorsWhileComputingFlags: false }

/**
 * @param {import('./routes.mjs').Endpoint} endpoint
 * @param {Asked} asked
 * @param {number} status
 * @returns {Record<string, string>}
 */
function ownHeaders(endpoint, { headers }, status) {
  if (endpoint !== 'v1') return {}
  const id = headers['posthog-request-id']
  return {
    ...(id === undefined ? {} : { 'posthog-request-id': id }),
    ...(RETRY_AFTER.has(status) ? { 'retry-after': '1' } : {}),
  }
}

/**
 * @param {import('./routes.mjs').Endpoint} endpoint
 * @param {Asked} asked
 */
function success(endpoint, { events }) {
  return endpoint === 'v1' ? resultsOf(events, []) : { status: 1 }
}

/**
 * @param {import('./routes.mjs').Endpoint} endpoint
 * @param {number} status
 */
function failure(endpoint, status) {
  if (endpoint !== 'v1') return { error: 'Server error' }
  return {
    error: `status_${status}`,
    error_description: `The mock was told to answer ${status}`,
    error_uri: 'https://posthog.com/docs/api',
  }
}

/**
 * @param {Record<string, any>[]} events
 * @param {NonNullable<Queued['v1_event_results']>} results
 */
function resultsOf(events, results) {
  return { results: Object.fromEntries(events.map(({ uuid }, index) => [uuid, named(results[index] ?? 'ok')])) }
}

/** @param {string | { result: string, details?: string }} given */
const named = (given) => (typeof given === 'string' ? { result: given } : given)

/** @param {Queued['body']} body */
function objectOf(body) {
  const value = typeof body === 'string' ? JSON.parse(body) : body
  return isObject(value) ? value : {}
}

/** @param {Record<string, string>} [headers] */
const lower = (headers = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
