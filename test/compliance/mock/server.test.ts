/** The mock is what the suites are judged by, so what it does, and what it does not do, is held here. */

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Mock, startMock } from './server'

let mock: Mock
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())
beforeEach(() => mock.reset())

const V1 = '/i/v1/analytics/events'
const EVENTS = [{ uuid: 'a' }, { uuid: 'b' }]

const ask = (path: string, init?: RequestInit) => fetch(mock.url + path, { redirect: 'manual', ...init })

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers })

test.each([
  ['POST', V1, 200],
  ['POST', `${V1}/`, 200],
  ['POST', '/batch', 200],
  ['POST', '/batch/', 200],
  ['POST', '/i/v0/ai/batch/', 200],
  ['POST', '/flags/?v=2', 200],
  ['GET', '/e/', 200],
  ['HEAD', '/capture', 200],
  ['POST', '/i/v0/e', 200],
  ['POST', '/track/', 200],
])('%s %s is served and recorded', async (method, path, status) => {
  expect((await ask(path, { method })).status).toBe(status)
  expect(mock.of().requests).toHaveLength(1)
})

test.each([
  ['POST', '/i/v0/ai/batch', 308],
  ['GET', V1, 405],
  ['HEAD', '/batch/', 405],
  ['POST', '/decide', 404],
  ['POST', '/s/', 404],
  ['GET', '/array/phc/config', 404],
  ['OPTIONS', '/batch/', 200],
  ['OPTIONS', '/decide', 404],
  ['GET', '/_health', 200],
])('%s %s answers %i, is not recorded and takes no queued answer', async (method, path, status) => {
  mock.of().queue.push({ status: 503 })
  const answer = await ask(path, { method })
  expect(answer.status).toBe(status)
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  expect(mock.of().requests).toHaveLength(0)
  expect(mock.of().queue).toHaveLength(1)
})

test('only gzip in the header is decoded', async () => {
  const bytes = new Uint8Array(gzipSync(JSON.stringify({ batch: EVENTS })))
  await ask('/batch/', { method: 'POST', body: bytes, headers: { 'Content-Encoding': 'gzip' } })
  await ask('/batch/?compression=gzip-js', { method: 'POST', body: bytes })
  await ask('/batch/', { method: 'POST', body: bytes, headers: { 'Content-Encoding': 'deflate' } })
  expect(mock.of().requests.map(({ events }) => events.length)).toEqual([2, 0, 0])
})

test('events are found in an array, in batch, in data, or are the body', async () => {
  for (const body of [EVENTS, { batch: EVENTS }, { data: EVENTS }, { event: 'one' }]) await post('/e/', body)
  expect(mock.of().requests.map(({ events }) => events.length)).toEqual([2, 2, 2, 1])
})

test('queued answers are given in order over all paths, then the default', async () => {
  mock.of().queue.push({ status: 503 }, { status: 400, body: { error: 'no' } })
  expect((await post('/batch/', {})).status).toBe(503)
  const refused = await post('/e/', {})
  expect([refused.status, await refused.json()]).toEqual([400, { error: 'no' }])
  expect(await (await post('/batch/', {})).json()).toEqual({ status: 1 })
})

test('each X-Test-Id has its own recordings and queue', async () => {
  mock.of('t-1').queue.push({ status: 503 })
  expect((await post('/batch/', {}, { 'X-Test-Id': 't-2' })).status).toBe(200)
  expect((await post('/batch/', {}, { 'X-Test-Id': 't-1' })).status).toBe(503)
  expect([mock.of('t-1'), mock.of('t-2'), mock.of()].map(({ requests }) => requests.length)).toEqual([1, 1, 0])
})

test('v1 answers for each event, echoes the request id, and says when to come back', async () => {
  const fine = await post(V1, { batch: EVENTS }, { 'PostHog-Request-Id': 'r-1' })
  expect(await fine.json()).toEqual({ results: { a: { result: 'ok' }, b: { result: 'ok' } } })
  expect(fine.headers.get('PostHog-Request-Id')).toBe('r-1')
  expect(fine.headers.get('Date')).toBeTruthy()
  expect(fine.headers.get('Retry-After')).toBe(null)

  mock.of().queue.push({ v1_event_results: [{ result: 'retry', details: 'not_persisted' }] })
  const partial = await post(V1, { batch: EVENTS })
  expect(await partial.json()).toEqual({
    results: { a: { result: 'retry', details: 'not_persisted' }, b: { result: 'ok' } },
  })
  expect(partial.headers.get('Retry-After')).toBe('1')
})

test.each([
  [408, '1'],
  [500, '1'],
  [503, '1'],
  [504, '1'],
  [502, null],
  [429, null],
  [401, null],
])('v1 answers %i with Retry-After %s and an error that says what it is', async (status, retryAfter) => {
  mock.of().queue.push({ status }, { status, headers: { 'Retry-After': '3' } })
  const own = await post(V1, { batch: EVENTS })
  expect([own.status, own.headers.get('Retry-After')]).toEqual([status, retryAfter])
  expect(Object.keys(await own.json())).toEqual(['error', 'error_description', 'error_uri'])
  expect((await post(V1, { batch: EVENTS })).headers.get('Retry-After')).toBe('3')
})

test('v0 has no Retry-After of its own, and answers a beacon with nothing', async () => {
  mock.of().queue.push({ status: 503 })
  const failed = await post('/batch/', {})
  expect([failed.headers.get('Retry-After'), await failed.json()]).toEqual([null, { error: 'Server error' }])
  const beacon = await post('/e/?beacon=1', {})
  expect([beacon.status, await beacon.text()]).toEqual([204, ''])
})

test('a queued flags answer is merged over the default', async () => {
  mock.of().queue.push({ body: { featureFlags: { a: true } } })
  expect(await (await post('/flags/?v=2', {})).json()).toMatchObject({
    featureFlags: { a: true },
    errorsWhileComputingFlags: false,
  })
})

test('the same can be had over HTTP', async () => {
  await post('/_control/configure', { responses: [{ status_code: 503 }] })
  expect((await post('/batch/', { batch: EVENTS })).status).toBe(503)
  const { requests } = await (await ask('/_control/requests')).json()
  expect(requests).toMatchObject([{ method: 'POST', path: '/batch/', response_status: 503, parsed_events: EVENTS }])
  await post('/_control/reset', {})
  expect((await (await ask('/_control/requests')).json()).requests).toEqual([])
})
