/** What each peer's requests carry: the bench ids of their events, in order. */

import type { IncomingHttpHeaders } from 'node:http'
import { gunzipSync, inflateSync } from 'node:zlib'

export interface WireRequest {
  /** The path with its query. */
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}
type EventsOf = (request: WireRequest) => PeerEvent[]

/** An event as any of the peers has it; each has some of this. */
interface PeerEvent {
  properties?: unknown
  event_properties?: unknown
  extra?: unknown
  ue_pr?: unknown
  ue_px?: string
  attributes?: { key: string; value: { stringValue?: string } }[]
}
export interface Wire {
  events: EventsOf
  properties: (event: PeerEvent) => unknown
  answer?: string
}

/** The property that every event of a measurement carries. */
const ID_PROPERTY = 'bench_id'

export const WIRES: Record<string, Wire> = {
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
  // OTLP as JSON: spans by resource and scope.
  otlp: {
    events: otlpSpans,
    properties: ({ attributes = [] }) =>
      Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue])),
    answer: '{}',
  },
  fetch: { events: (request) => listOf(jsonOf(request)), properties: (event) => event.properties, answer: 'ok' },
  bare: { events: (request) => listOf(jsonOf(request)), properties: (event) => event.properties, answer: 'ok' },
  none: { events: () => [], properties: () => undefined },
}

export function idsOf(wire: Wire, request: WireRequest): string[] {
  return wire.events(request).flatMap((event) => {
    const properties = wire.properties(event) as Record<string, unknown> | undefined
    const id = properties?.[ID_PROPERTY]
    return typeof id === 'string' ? [id] : []
  })
}

function posthogEvents(request: WireRequest) {
  return listOf(jsonOf(request), 'batch')
}

function mixpanelEvents(request: WireRequest) {
  return listOf(jsonOf(request))
}

function snowplowProperties(event: PeerEvent) {
  const text = event.ue_pr ?? (event.ue_px && Buffer.from(event.ue_px, 'base64url').toString())
  const described = typeof text === 'string' ? (parse(text) as { data?: { data?: unknown } } | undefined) : undefined
  return described?.data?.data
}

function otlpSpans(request: WireRequest) {
  const { resourceSpans = [] } = jsonOf(request) as { resourceSpans?: { scopeSpans: { spans: PeerEvent[] }[] }[] }
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}

function sentryEvents(request: WireRequest) {
  const lines = textOf(request)
    .split('\n')
    .map((line) => parse(line) as (PeerEvent & { type?: string }) | undefined)
  const isEvent = (index: number) => index > 1 && ['event', 'transaction'].includes(lines[index - 1]?.type ?? '')
  return lines.flatMap((line, index) => (line && isEvent(index) ? [line] : []))
}

/** @param value an event, a list of them, or an object that has the list */
function listOf(value: unknown, key?: string): PeerEvent[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return []
  const list = key === undefined ? undefined : (value as Record<string, unknown>)[key]
  return Array.isArray(list) ? list : [value]
}

const jsonOf = (request: WireRequest) => parse(textOf(request))

/** The text of a body, out of its compression, its form and its base64. */
function textOf({ headers, body }: WireRequest) {
  const bytes = inflated(body, String(headers['content-encoding'] ?? ''))
  const text = bytes.toString()
  const type = String(headers['content-type'] ?? '')
  const isForm = type.startsWith('application/x-www-form-urlencoded') || /^data=/.test(text.slice(0, 5))
  const data = isForm ? (new URLSearchParams(text).get('data') ?? text) : text
  return /^\s*[[{"]/.test(data) ? data : fromBase64(data)
}

function inflated(body: Buffer, encoding: string) {
  if (body[0] === 0x1f && body[1] === 0x8b) return gunzipSync(body)
  return encoding === 'deflate' ? inflateSync(body) : body
}

function fromBase64(text: string) {
  const bytes = Buffer.from(text.replaceAll(' ', '+'), 'base64')
  return inflated(bytes, '').toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not an event: a ping, or a part of an envelope that is no JSON.
  }
}
