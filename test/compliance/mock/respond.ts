/** What the mock answers to a request: the endpoint's own answer, or what a test has queued. */

import { isObject, type WireEvent } from '../read-body'
import type { Endpoint } from './routes'

/** An answer that a test has queued. `v1_event_results` are by position; missing ones are `ok`. */
export interface Queued {
  status?: number
  headers?: Record<string, string>
  body?: string | Record<string, unknown>
  v1_event_results?: (string | { result: string; details?: string })[]
}

export interface Answer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: string
}

interface Asked {
  headers: Record<string, string>
  query: Record<string, string>
  events: WireEvent[]
}

/** v1 tells of these when to come back, where the test did not. 502 and 429 are not among them. */
const RETRY_AFTER = new Set([408, 500, 503, 504])

export function respond(endpoint: Endpoint, asked: Asked, queued: Queued | undefined = {}): Answer {
  const { status = 200, body, v1_event_results: results } = queued
  const headers = {
    'content-type': 'application/json',
    ...ownHeaders(endpoint, asked, status),
    ...lower(queued.headers),
  }
  if (results) {
    const again = results.some((given) => named(given).result === 'retry')
    const retryAfter = (again ? { 'retry-after': '1' } : {}) as Record<string, string>
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

function ownHeaders(endpoint: Endpoint, { headers }: Asked, status: number): Record<string, string> {
  if (endpoint !== 'v1') return {}
  const id = headers['posthog-request-id']
  return {
    ...(id === undefined ? {} : { 'posthog-request-id': id }),
    ...(RETRY_AFTER.has(status) ? { 'retry-after': '1' } : {}),
  }
}

function success(endpoint: Endpoint, { events }: Asked) {
  return endpoint === 'v1' ? resultsOf(events, []) : { status: 1 }
}

function failure(endpoint: Endpoint, status: number) {
  if (endpoint !== 'v1') return { error: 'Server error' }
  return {
    error: `status_${status}`,
    error_description: `The mock was told to answer ${status}`,
    error_uri: 'https://posthog.com/docs/api',
  }
}

function resultsOf(events: WireEvent[], results: NonNullable<Queued['v1_event_results']>) {
  return { results: Object.fromEntries(events.map(({ uuid }, index) => [uuid, named(results[index] ?? 'ok')])) }
}

const named = (given: string | { result: string; details?: string }) =>
  typeof given === 'string' ? { result: given } : given

function objectOf(body: Queued['body']) {
  const value = typeof body === 'string' ? JSON.parse(body) : body
  return isObject(value) ? value : {}
}

const lower = (headers: Record<string, string> = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
