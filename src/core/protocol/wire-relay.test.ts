import { expect, test } from 'vitest'
import { configOf, eventJson, uuid } from '../../../test/support/core/fixtures'
import { HANDED_OVER, INGEST, relayConfigOf, relayJson } from '../../../test/support/core/relay-fixtures'
import type { QueueConfig } from '../config/queue-config'
import { readQueueConfig } from '../config/read-queue-config'
import type { RelayRequest } from '../event/relay-record'
import { interpret, wireFor } from './wires'

const config = relayConfigOf({ headers: { 'x-key': 60_000 } })
const wire = wireFor('v0', config)
const batchOf = (json: string) => ({
  events: [json],
  historical: false,
  skew: 0,
  requestId: uuid(1),
  createdAt: HANDED_OVER,
  attempt: 1,
  format: 'v0' as const,
})
const unfit = (json: string, of: QueueConfig = config, now = HANDED_OVER) => wire.unfit?.(batchOf(json), of, now)
const reply = (status: number) => ({ kind: 'reply', status, retryAfter: null, body: '' }) as const

test('a stored request is sent as it was handed over', () => {
  const request: RelayRequest = {
    method: 'PUT',
    url: `${INGEST}/a/b?c=d`,
    headers: { 'content-type': 'application/json', 'x-key': 'k' },
    body: '{"a":1}',
    credentials: 'include',
  }
  const json = relayJson(1, request)
  expect(unfit(json)).toBeUndefined()
  expect(wire.encode(batchOf(json), config, HANDED_OVER)).toEqual(request)
})

test.each(['PATCH', 'PROPFIND', 'M.SEARCH', "!#$%&'*+-.^_`|~"])(
  'P5: a method that fetch sends is sent: %s',
  (method) => {
    expect(unfit(relayJson(1, { method }))).toBeUndefined()
  },
)

test('headers that the worker was asked for take the place of stored ones', () => {
  const asked = relayConfigOf({}, { requestHeaders: { Authorization: 'Bearer new', 'Content-Type': 'text/csv' } })
  const { headers } = wire.encode(batchOf(relayJson(1, { headers: { 'content-type': 'a/b' } })), asked, HANDED_OVER)
  expect(headers).toEqual({ Authorization: 'Bearer new', 'Content-Type': 'text/csv' })
})

test.each([
  ['another host', { url: 'https://evil.example.com/collect' }],
  ['a host that begins like the named one', { url: `${INGEST}.evil.example.com/` }],
  ['a host that the named one is only the user of', { url: `${INGEST}@evil.example.com/` }],
  ['another scheme', { url: 'http://ingest.example.com/' }],
  ['another port', { url: `${INGEST}:8443/` }],
  ['no address', { url: '' }],
  ['a method that no platform sends', { method: 'CONNECT' }],
  ['a method of a caller’s own', { method: 'post it' }],
  ['a body where there can be none', { method: 'GET', body: 'b' }],
  ['base64 that is none', { body: 'abc', base64: true }],
  ['a header that may not be stored', { headers: { Authorization: 'secret' } }],
  ['a header that browsers set', { headers: { Host: 'x' } }],
  ['a header with a line break', { headers: { 'x-key': 'a\r\nb' } }],
  ['headers that are no texts', { headers: { 'x-key': 5 } as unknown as Record<string, string> }],
  ['credentials that are none', { credentials: 'all' as 'omit' }],
])('P11: a stored request to %s is dropped as corrupt, and never sent', (_, request) => {
  expect(unfit(relayJson(1, request))).toMatchObject({ kind: 'unfit', reason: 'corrupt' })
})

test.each([
  ['a blank value', { 'idempotency-key': '' }],
  ['a value that is no ASCII', { 'content-disposition': 'attachment; filename="\u00e4"' }],
])('P5: a header that fetch sends is sent: %s', (_, headers) => {
  expect(unfit(relayJson(1, { headers }))).toBeUndefined()
})

test('P5: a header that another relay to the host was allowed to store is sent, for as long as that one said', () => {
  const json = relayJson(1, { headers: { 'x-other': 'o', accept: 'a/b' } })
  expect(unfit(json)).toMatchObject({ reason: 'corrupt' })
  const allowed = json.replace('"relay":1', '"relay":1,"keptFor":1000')
  expect(unfit(allowed, config, HANDED_OVER + 1_000)).toBeUndefined()
  expect(unfit(allowed, config, HANDED_OVER + 1_001)).toMatchObject({ reason: 'expired' })
  const plain = relayJson(1, { headers: { accept: 'a/b' } }).replace('"relay":1', '"relay":1,"keptFor":null')
  expect(unfit(plain, config, HANDED_OVER + 1_000_000)).toBeUndefined()
})

test('P5: a host of PostHog that the queue knows by its other name gets its requests', () => {
  const ofApp = relayConfigOf({}, {}, 'https://us.i.posthog.com')
  expect(unfit(relayJson(1, { url: 'https://us.posthog.com/x' }), ofApp)).toBeUndefined()
  expect(unfit(relayJson(1, { url: 'https://eu.posthog.com/x' }), ofApp)).toMatchObject({ reason: 'corrupt' })
})

test('P11: an event in the queue of a relay is not sent, nor a request in the queue of events', () => {
  expect(unfit(eventJson(1))).toMatchObject({ kind: 'unfit', reason: 'corrupt' })
  expect(unfit(relayJson(1), configOf())).toMatchObject({ kind: 'unfit', reason: 'corrupt' })
})

test('a request that a later version has stored waits for the worker of that version', () => {
  const json = relayJson(1).replace('"relay":1', '"relay":2')
  expect(unfit(json)).toMatchObject({ kind: 'retry', answered: false })
})

test('a header that may be stored for a minute is not sent after it', () => {
  const json = relayJson(1, { headers: { 'X-Key': 'secret' } })
  expect(unfit(json, config, HANDED_OVER + 60_000)).toBeUndefined()
  expect(unfit(json, config, HANDED_OVER + 60_001)).toMatchObject({ kind: 'unfit', reason: 'expired' })
})

test.each([
  [200, 'delivered'],
  [299, 'delivered'],
  [404, 'rejected'],
  [413, 'too_large'],
  [408, 'retry'],
  [425, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [599, 'retry'],
])('the status %i means %s', (status, kind) => {
  expect(interpret(wire, reply(status), config).kind).toBe(kind)
})

test('the statuses that a site names are the ones that mean delivered', () => {
  const own = relayConfigOf({ delivered: [204, 409] })
  expect(interpret(wire, reply(409), own)).toEqual({ kind: 'delivered' })
  expect(interpret(wire, reply(204), own)).toEqual({ kind: 'delivered' })
  expect(interpret(wire, reply(200), own)).toMatchObject({ kind: 'retry', answered: true })
})

test('P11: a config says of which kind its queue is, and its name says the same', () => {
  expect(readQueueConfig(config)).toEqual(config)
  const { relay: _, ...ofEvents } = config
  expect(readQueueConfig(ofEvents)).toBeUndefined()
  expect(readQueueConfig({ ...config, apiKey: 'phc_project' })).toBeUndefined()
  expect(readQueueConfig({ ...config, host: `${INGEST}/path` })).toBeUndefined()
  const damaged = readQueueConfig({ ...config, relay: { headers: { 'x-key': 'for ever' }, delivered: 'all' } })
  expect(damaged?.relay).toEqual({ headers: {} })
})
