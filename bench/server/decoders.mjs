// @ts-check
/** What each peer's requests carry: the bench ids of their events, in order. */

import { gunzipSync, inflateSync } from 'node:zlib'

/**
 * @typedef {object} WireRequest
 * @property {string} path with its query
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {Buffer} body
 */
/** @typedef {(request: WireRequest) => unknown[]} EventsOf */
/** @typedef {{ events: EventsOf, properties: (event: any) => any, answer?: string }} Wire */

/** The property that every event of a measurement carries. */
export const ID_PROPERTY = 'bench_id'

/** @type {Record<string, Wire>} */
export const WIRES = {
  // PostHog's v0: a batch object, or an array, or one event; gzip by its magic bytes, or base64 in a form.
  outlast: { events: posthogEvents, properties: (event) => event.properties, answer: '{"status":"Ok"}' },
  'posthog-js': { events: posthogEvents, properties: (event) => event.properties, answer: '{"status":"Ok"}' },
  // One event, or {batch}.
  segment: {
    events: (request) => listOf(jsonOf(request), 'batch'),
    properties: (event) => event.properties,
    answer: '{"success":true}',
  },
  // tp2: an envelope whose events hold the self-describing event as JSON, or as base64url.
  snowplow: { events: (request) => listOf(jsonOf(request), 'data'), properties: snowplowProperties, answer: 'ok' },
  rudderstack: {
    events: (request) => listOf(jsonOf(request), 'batch'),
    properties: (event) => event.properties,
    answer: '"OK"',
  },
  amplitude: {
    events: (request) => listOf(jsonOf(request), 'events'),
    properties: (event) => event.event_properties,
    answer: '{"code":200,"events_ingested":1,"payload_size_bytes":1,"server_upload_time":1}',
  },
  // A form whose `data` is JSON or base64 of it.
  mixpanel: { events: mixpanelEvents, properties: (event) => event.properties, answer: '{"error":"","status":1}' },
  workbox: { events: (request) => listOf(jsonOf(request)), properties: (event) => event.properties, answer: 'ok' },
  // An envelope: lines of JSON, each item's header before it.
  sentry: {
    events: sentryEvents,
    properties: (event) => event.extra,
    answer: '{"id":"00000000000000000000000000000000"}',
  },
  bare: { events: (request) => listOf(jsonOf(request)), properties: (event) => event.properties, answer: 'ok' },
  none: { events: () => [], properties: () => undefined },
}

/**
 * @param {Wire} wire
 * @param {WireRequest} request
 * @returns {string[]}
 */
export function idsOf(wire, request) {
  return wire.events(request).flatMap((event) => {
    const id = wire.properties(event)?.[ID_PROPERTY]
    return typeof id === 'string' ? [id] : []
  })
}

/** @param {WireRequest} request */
function posthogEvents(request) {
  return listOf(jsonOf(request), 'batch')
}

/** @param {WireRequest} request */
function mixpanelEvents(request) {
  return listOf(jsonOf(request))
}

/** @param {any} event */
function snowplowProperties(event) {
  const text = event.ue_pr ?? (event.ue_px && Buffer.from(event.ue_px, 'base64url').toString())
  return typeof text === 'string' ? parse(text)?.data?.data : undefined
}

/** @param {WireRequest} request */
function sentryEvents(request) {
  const lines = textOf(request).split('\n').map(parse)
  return lines.filter((_, index) => index > 1 && ['event', 'transaction'].includes(lines[index - 1]?.type ?? ''))
}

/**
 * @param {any} value an event, a list of them, or an object that has the list
 * @param {string} [key]
 * @returns {unknown[]}
 */
function listOf(value, key) {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return []
  const list = key === undefined ? undefined : value[key]
  return Array.isArray(list) ? list : [value]
}

/** @param {WireRequest} request */
const jsonOf = (request) => parse(textOf(request))

/**
 * The text of a body, out of its compression, its form and its base64.
 *
 * @param {WireRequest} request
 */
function textOf({ headers, body }) {
  const bytes = inflated(body, String(headers['content-encoding'] ?? ''))
  const text = bytes.toString()
  const type = String(headers['content-type'] ?? '')
  const isForm = type.startsWith('application/x-www-form-urlencoded') || /^data=/.test(text.slice(0, 5))
  const data = isForm ? (new URLSearchParams(text).get('data') ?? text) : text
  return /^\s*[[{"]/.test(data) ? data : fromBase64(data)
}

/**
 * @param {Buffer} body
 * @param {string} encoding
 */
function inflated(body, encoding) {
  if (body[0] === 0x1f && body[1] === 0x8b) return gunzipSync(body)
  return encoding === 'deflate' ? inflateSync(body) : body
}

/** @param {string} text */
function fromBase64(text) {
  const bytes = Buffer.from(text.replaceAll(' ', '+'), 'base64')
  return inflated(bytes, '').toString()
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not an event: a ping, or a part of an envelope that is no JSON.
  }
}
