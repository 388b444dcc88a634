import { expect, test } from 'vitest'
import { configOf, eventsFrom, uuid } from '../../../test/support/core/fixtures'
import type { SendOutcome } from '../base/ports'
import { SDK_NAME, SDK_VERSION } from '../base/version'
import { interpret, wireFor } from './wires'

const NOW = 1_767_225_600_000
const config = configOf({ requestHeaders: { 'X-Test-Id': 't-1', 'Content-Type': 'custom' } })
const batch = (format: 'v0' | 'v1', historical = false, skew = 0) => ({
  events: eventsFrom(1, 2, format),
  format,
  historical,
  skew,
  requestId: uuid(77),
  createdAt: NOW - 5_000,
  attempt: 3,
})
const v0 = wireFor('v0')
const v1 = wireFor('v1')
const reply = (status: number, body = '', retryAfter: string | null = null): SendOutcome => ({
  kind: 'reply',
  status,
  retryAfter,
  body,
})

test('a v0 request', () => {
  const { url, headers, body } = v0.encode(batch('v0'), config, NOW)
  expect(url).toBe('https://events.example.com/batch/')
  expect(headers).toEqual({ 'Content-Type': 'custom', 'X-Test-Id': 't-1' })
  expect(JSON.parse(body as string)).toEqual({
    api_key: 'phc_test',
    sent_at: '2026-01-01T00:00:00.000Z',
    batch: eventsFrom(1, 2, 'v0').map((json) => JSON.parse(json)),
  })
})

test.each([
  ['simple', 'text/plain'],
  ['headers', 'application/json'],
] as const)('a v0 request in %s style is %s', (style, type) => {
  const { headers } = v0.encode(batch('v0'), { ...configOf(), style }, NOW)
  expect(headers).toEqual({ 'Content-Type': type })
})

test('P11: a header of the site that is one of the request’s own in another case is joined to none', () => {
  const requestHeaders = { authorization: 'Bearer x', 'CONTENT-TYPE': 'custom', 'x-own': '1' }
  const { headers } = v1.encode(batch('v1'), configOf({ requestHeaders }), NOW)
  expect(headers).toMatchObject({ Authorization: 'Bearer phc_test', 'x-own': '1' })
  expect(Object.keys(headers)).not.toContain('authorization')
  expect(Object.keys(headers)).not.toContain('CONTENT-TYPE')
  expect(v0.encode(batch('v0'), configOf({ requestHeaders }), NOW).headers).toEqual(requestHeaders)
})

test('a v1 request', () => {
  const { url, headers, body } = v1.encode(batch('v1'), config, NOW)
  expect(url).toBe('https://events.example.com/i/v1/analytics/events')
  expect(headers).toEqual({
    'X-Test-Id': 't-1',
    Authorization: 'Bearer phc_test',
    'Content-Type': 'application/json',
    'PostHog-Sdk-Info': `${SDK_NAME}/${SDK_VERSION}`,
    'PostHog-Attempt': '3',
    'PostHog-Request-Id': uuid(77),
    'PostHog-Request-Timestamp': '2026-01-01T00:00:00.000Z',
  })
  expect(JSON.parse(body as string)).toEqual({
    created_at: '2025-12-31T23:59:55.000Z',
    batch: eventsFrom(1, 2, 'v1').map((json) => JSON.parse(json)),
  })
})

test.each(['v0', 'v1'] as const)('%s says that a batch is historical only when it is', (format) => {
  const body = (historical: boolean) => wireFor(format).encode(batch(format, historical), config, NOW).body as string
  expect(JSON.parse(body(true))).toMatchObject({ historical_migration: true })
  expect(JSON.parse(body(false))).not.toHaveProperty('historical_migration')
})

test('P6: what corrects timestamps goes by the clock that made them, and not past what a date can be', () => {
  const days = 8 * 86_400_000
  const v0Body = JSON.parse(v0.encode(batch('v0', false, days), config, NOW).body as string)
  expect(v0Body.sent_at).toBe('2026-01-09T00:00:00.000Z')
  const ahead = v1.encode(batch('v1', false, days), config, NOW)
  expect(ahead.headers['PostHog-Request-Timestamp']).toBe('2026-01-09T00:00:00.000Z')
  expect(JSON.parse(ahead.body as string).created_at).toBe('2026-01-08T23:59:55.000Z')
  const sentAt = (skew: number) => JSON.parse(v0.encode(batch('v0', false, skew), config, NOW).body as string).sent_at
  expect(sentAt(253_402_300_799_000)).toBe('9999-12-31T23:59:59.999Z')
  expect(sentAt(-253_402_300_799_000)).toBe('1970-01-01T00:00:00.000Z')
})

const RETRY = [408, 425, 429, 500, 501, 502, 503, 504, 505, 507, 520, 521, 522, 523, 524, 599]
const FINAL = [300, 301, 304, 400, 401, 402, 403, 404, 405, 409, 410, 415, 421, 422, 423, 424, 426, 428, 431, 451, 600]

for (const [name, wire] of [
  ['v0', v0],
  ['v1', v1],
] as const) {
  test.each(RETRY)(`${name}: status %d is tried again, after what the server asks for`, (status) => {
    expect(interpret(wire, reply(status, '', '7'))).toEqual({
      kind: 'retry',
      cause: `status ${status}`,
      answered: true,
      retryAfter: '7',
    })
  })

  test.each(FINAL)(`${name}: status %d is final`, (status) => {
    expect(interpret(wire, reply(status))).toMatchObject({ kind: 'rejected', status })
  })

  test(`P5: ${name}: 511 is a captive portal's, and uses up no retry`, () => {
    expect(interpret(wire, reply(511))).toMatchObject({ kind: 'retry', cause: 'status 511', answered: false })
  })

  test(`${name}: a refusal repeats what the server said of it, cut`, () => {
    expect(interpret(wire, reply(400, ' no distinct_id\n'))).toMatchObject({ detail: 'status 400: no distinct_id' })
    expect(interpret(wire, reply(401))).toMatchObject({ detail: 'status 401' })
    expect(interpret(wire, reply(400, 'x'.repeat(1_000)))).toMatchObject({ detail: `status 400: ${'x'.repeat(200)}` })
  })

  test(`${name}: 413 is too large`, () => {
    expect(interpret(wire, reply(413))).toEqual({ kind: 'too_large', status: 413 })
  })

  test(`${name}: a timeout counts as answered, an endpoint that is not there does not`, () => {
    expect(interpret(wire, { kind: 'timeout' })).toMatchObject({ kind: 'retry', answered: true })
    expect(interpret(wire, { kind: 'unreachable', detail: 'refused' })).toMatchObject({
      kind: 'retry',
      answered: false,
    })
  })
}

for (const format of ['v0', 'v1', 'ai'] as const) {
  test(`P5: ${format}: what something answered that takes no events is tried again, uses up no retry, and is told`, () => {
    const detail = 'answered with a page: https://events.example.com/batch/ takes no events; check host'
    expect(interpret(wireFor(format), { kind: 'not_taken', detail })).toEqual({
      kind: 'retry',
      cause: detail,
      answered: false,
      online: false,
      retryAfter: null,
      blockedBy: detail,
    })
  })
}

test.each([200, 201, 202, 204])('v0: status %d is delivered, whatever the body', (status) => {
  expect(interpret(v0, reply(status, '<html>'))).toEqual({ kind: 'delivered' })
  expect(interpret(v0, { kind: 'reply_too_long', status })).toEqual({ kind: 'delivered' })
})

test('v1: a success has a verdict for each event, and only drop is a loss', () => {
  const results = {
    [uuid(1)]: { result: 'ok' },
    [uuid(2)]: { result: 'warning' },
    [uuid(3)]: { result: 'limited' },
    [uuid(4)]: { result: 'drop', details: 'billing_limit_exceeded' },
    [uuid(5)]: { result: 'retry', details: 'not_persisted' },
    [uuid(6)]: { result: 'something new' },
    [uuid(0xabc).toUpperCase()]: { result: 'retry' },
    [uuid(7)]: null,
    [uuid(8)]: 'ok',
    [uuid(9)]: { result: 5 },
  }
  const verdict = interpret(v1, reply(200, JSON.stringify({ results }), '1'))
  expect(verdict).toEqual({
    kind: 'partial',
    verdicts: new Map([
      [uuid(1), 'delivered'],
      [uuid(2), 'delivered'],
      [uuid(3), 'delivered'],
      [uuid(4), 'rejected'],
      [uuid(5), 'retry'],
      [uuid(6), 'delivered'],
      [uuid(0xabc), 'retry'],
      [uuid(7), 'delivered'],
      [uuid(8), 'delivered'],
      [uuid(9), 'delivered'],
    ]),
    details: 'billing_limit_exceeded',
    retryAfter: '1',
  })
})

test.each([
  '',
  '<html>ok</html>',
  'null',
  '5',
  '"ok"',
  '[]',
  '{}',
  '{"results":null}',
  '{"results":[]}',
  '{"results":"ok"}',
])('P6: v1: a success that says %s is final: sending again to a broken success would loop', (body) => {
  expect(interpret(v1, reply(200, body))).toMatchObject({ kind: 'rejected', status: 200 })
})

test('P6: v1: a success that is longer than any answer can be is final', () => {
  expect(interpret(v1, { kind: 'reply_too_long', status: 200 })).toMatchObject({ kind: 'rejected' })
})

test('P6: v1: a hostile answer cannot make a report long', () => {
  const results: Record<string, unknown> = {}
  for (let n = 1; n < 100; n++) results[uuid(n)] = { result: 'drop', details: `${n} `.repeat(1_000) }
  const verdict = interpret(v1, reply(200, JSON.stringify({ results })))
  expect(verdict).toMatchObject({ kind: 'partial', details: expect.any(String) })
  expect((verdict as { details: string }).details.length).toBeLessThan(1_100)
})
