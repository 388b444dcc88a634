import { expect, test } from 'vitest'
import { configOf, eventJson, eventsFrom, uuid } from '../../../test/support/core/fixtures'
import { MAX_REPLY_BYTES } from '../base/limits'
import type { SendOutcome } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import type { EventJson, WireFormat } from '../event/event'
import { interpret, wireFor } from './wires'

const NOW = 1_767_225_600_000
const wire = wireFor('json')
const own = (body: 'json' | 'ndjson', requestHeaders = {}): QueueConfig => ({
  ...configOf({ requestHeaders }),
  endpoint: { path: '/in?site=1', body },
})
const encode = (events: EventJson[], config: QueueConfig, format: WireFormat = 'json', skew = 0) => {
  const ids = { requestId: uuid(77), createdAt: NOW - 5_000, attempt: 3 }
  return wire.encode({ events, format, historical: false, skew, ...ids }, config, NOW)
}
const reply = (status: number, body = '', retryAfter: string | null = null): SendOutcome => ({
  kind: 'reply',
  status,
  retryAfter,
  body,
})

/** The event as an endpoint is to get it. */
const plain = (n: number, properties: object = {}) => ({
  event: `event ${n}`,
  uuid: uuid(n),
  timestamp: '2026-01-01T00:00:00.000Z',
  distinctId: 'visitor',
  properties,
})

test('a request of plain events: no token, no distinct id but the one, and what the site says in headers', () => {
  const events = [eventJson(1, 'json', { total: 42 }), eventJson(2, 'json')]
  const { url, headers, body } = encode(events, own('json', { 'X-Key': 'secret' }))
  expect(url).toBe('https://events.example.com/in?site=1')
  expect(headers).toEqual({ 'Content-Type': 'application/json', 'X-Key': 'secret' })
  expect(JSON.parse(String(body))).toEqual({
    sentAt: '2026-01-01T00:00:00.000Z',
    batch: [plain(1, { total: 42 }), plain(2)],
  })
})

test('as lines, each with its own sentAt, by the clock that stamped the events', () => {
  const { headers, body } = encode(eventsFrom(1, 2, 'json'), own('ndjson'), 'json', 60_000)
  expect(headers).toEqual({ 'Content-Type': 'application/x-ndjson' })
  expect(String(body).endsWith('\n')).toBe(true)
  const lines = String(body).trimEnd().split('\n')
  const sentAt = '2026-01-01T00:01:00.000Z'
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { sentAt, ...plain(1) },
    { sentAt, ...plain(2) },
  ])
  expect(encode([], own('ndjson')).body).toBe('')
})

test.each(['v0', 'v1', 'ai'] as const)('what was captured as %s before has the same form', (format) => {
  const { body } = encode([eventJson(1, format, { total: 42 })], own('json'), format)
  expect(JSON.parse(String(body)).batch).toEqual([plain(1, { total: 42 })])
})

test('P11: half a surrogate pair is U+FFFD, and a property called __proto__ stays one', () => {
  const given = JSON.parse('{"__proto__":{"a":1},"half":"\\ud83d"}')
  const { body } = encode([eventJson(1, 'json', given)], own('json'))
  expect(body).toContain('"__proto__":{"a":1}')
  expect(body).toContain('"half":"\ufffd"')
})

test.each(['', 'OK', 'null', '5', '[]', '{}', '{"results":null}', '{"results":"ok"}', '{"results":{}}'])(
  'a success that says %s has taken the whole batch',
  (body) => {
    for (const status of [200, 201, 202, 204])
      expect(interpret(wire, reply(status, body))).toEqual({ kind: 'delivered' })
  },
)

test('P4: of a success that is too long to be read nothing is taken for delivered, and what to do is told', () => {
  expect(MAX_REPLY_BYTES).toBe(1_048_576)
  const [cause, blockedBy] = Array(2).fill(expect.stringContaining('more than 1 MiB'))
  const retry = { kind: 'retry', cause, answered: true, retryAfter: null, blockedBy }
  expect(interpret(wire, { kind: 'reply_too_long', status: 200 })).toEqual(retry)
})

test('a success may have a verdict for each event, and only drop is a loss', () => {
  const results = [
    { uuid: uuid(1), status: 'ok' },
    { uuid: uuid(2), status: 'drop', reason: 'no such product' },
    { uuid: uuid(0xabc).toUpperCase(), status: 'retry' },
    { uuid: uuid(4), status: 'something new' },
    { uuid: uuid(5) },
    { status: 'drop' },
    { uuid: { toString: 1 }, status: 'drop' },
    null,
    'drop',
  ]
  expect(interpret(wire, reply(200, JSON.stringify({ results }), '2'))).toEqual({
    kind: 'partial',
    verdicts: new Map([
      [uuid(1), 'delivered'],
      [uuid(2), 'rejected'],
      [uuid(0xabc), 'retry'],
      [uuid(4), 'delivered'],
      [uuid(5), 'delivered'],
    ]),
    details: 'no such product',
    retryAfter: '2',
  })
})

test('P6: a hostile answer cannot make a report long', () => {
  const results = Array.from({ length: 100 }, (_, n) => ({
    uuid: uuid(n),
    status: 'drop',
    reason: `${n} `.repeat(1_000),
  }))
  const verdict = interpret(wire, reply(200, JSON.stringify({ results })))
  expect((verdict as { details: string }).details.length).toBeLessThan(1_100)
})

test('a failure means what it means everywhere', () => {
  expect(interpret(wire, reply(503, '', '7'))).toMatchObject({ kind: 'retry', answered: true, retryAfter: '7' })
  expect(interpret(wire, reply(429))).toMatchObject({ kind: 'retry' })
  expect(interpret(wire, reply(413))).toEqual({ kind: 'too_large', status: 413 })
  expect(interpret(wire, reply(400, 'no name'))).toMatchObject({ kind: 'rejected', detail: 'status 400: no name' })
  expect(interpret(wire, reply(404))).toMatchObject({ kind: 'rejected', status: 404 })
})
