/** What the harness relies on in the adapter, with an SDK of a few lines in place of the real one. */

import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { listen } from '../../support/listen'
import { type Mock, startMock } from '../mock/server'
import { startAdapter } from './adapter'
import type { Engine, Instance, Outcome } from './engine'
import { type Site, startSite } from './site'

let mock: Mock
let site: Site
let adapter: Awaited<ReturnType<typeof startAdapter>>
/** How the SDKs answer from now on. */
let broken: Outcome | undefined
let discarded = 0

beforeAll(async () => {
  mock = await startMock()
  site = await startSite()
})
afterAll(async () => {
  await site.close()
  await mock.close()
})
beforeEach(async () => {
  broken = undefined
  discarded = 0
  adapter = await startAdapter({ engine: fakeEngine(), wire: 'v1' })
})
afterEach(() => adapter.close())

/** Sends each event at once, gzipped, through the gateway. */
function fakeEngine(): Engine {
  return {
    name: 'fake',
    async open({ target, testId }) {
      const passage = site.gateway.open({ target, testId })
      const url = `${site.url}${passage.path}/batch/?a=1&b=%20`
      const send = async (event: object) => {
        const body = new Uint8Array(gzipSync(JSON.stringify({ batch: [event] })))
        const headers = { 'Content-Encoding': 'gzip', 'X-Other': 'kept' }
        const { status } = await fetch(url, { method: 'POST', body, headers })
        return { ok: true as const, uuid: 'u-1', status }
      }
      const instance: Instance = {
        log: passage.log,
        async call(method, argument = {}) {
          if (broken) return broken
          if (method === 'capture') return send({ ...argument, uuid: 'u-1' })
          if (method === 'state') return { ok: true, stats: { pending: 0, delivered: 1 }, lastWarning: null }
          return { ok: true, delivered: 1, value: null, captureAi: true }
        },
        async discard() {
          discarded += 1
          passage.close()
        },
      }
      return { ok: true, instance }
    },
    close: async () => undefined,
  }
}

async function call(path: string, body?: object, headers: Record<string, string> = {}) {
  const method = body ? 'POST' : 'GET'
  const answer = await fetch(adapter.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  return { status: answer.status, body: await answer.json() }
}

const init = (id = 't-1') => call(`/init?test_id=${id}`, { api_key: 'phc_test_key', host: `${mock.url}/` })
const CAPTURE = { event: 'test_event', distinct_id: 'test_user', properties: null, timestamp: null }

test('health lists what the adapter does and no more', async () => {
  expect((await call('/health')).body).toMatchObject({
    sdk_name: 'outlast',
    supports_parallel: true,
    capabilities: ['capture_v1', 'encoding_gzip'],
  })
})

test('a request reaches the target with X-Test-Id and its own method, path, query, headers and bytes', async () => {
  await init()
  expect((await call('/capture?test_id=t-1', CAPTURE)).body).toEqual({ success: true, uuid: 'u-1' })
  const [request] = mock.of('t-1').requests
  expect(request).toMatchObject({ method: 'POST', path: '/batch/', query: { a: '1', b: ' ' } })
  expect(request?.headers).toMatchObject({ 'x-test-id': 't-1', 'x-other': 'kept', 'content-encoding': 'gzip' })
  expect(request?.headers.host).toBe(new URL(mock.url).host)
  expect(request?.body).toEqual(gzipSync(JSON.stringify(request?.json)))
})

test('state tells what went over the wire', async () => {
  await init()
  await call('/capture?test_id=t-1', CAPTURE)
  const { body } = await call('/state?test_id=t-1')
  expect(body).toMatchObject({ pending_events: 0, total_events_captured: 1, total_events_sent: 1, total_retries: 0 })
  expect(body.requests_made).toMatchObject([{ status_code: 200, event_count: 1, uuid_list: ['u-1'], retry_attempt: 0 }])
})

test('SDKs are independent: one id can be reset while another goes on', async () => {
  await init('t-1')
  await init('t-2')
  await call('/reset?test_id=t-1', {})
  expect((await call('/capture?test_id=t-1', CAPTURE)).status).toBe(409)
  expect((await call('/capture?test_id=t-2', CAPTURE)).status).toBe(200)
})

test('reset works for an id that was never seen, and init discards what was there', async () => {
  expect((await call('/reset?test_id=t-unknown', {})).body).toEqual({ success: true })
  const before = discarded
  await init()
  await init()
  expect(discarded - before).toBe(1)
})

test('what breaks in an SDK is an error with a reason, and not a pass', async () => {
  await init()
  broken = { ok: false, status: 500, reason: 'the page has crashed' }
  for (const path of ['/capture', '/flush', '/get_feature_flag']) {
    const { status, body } = await call(`${path}?test_id=t-1`, { ...CAPTURE, key: 'a-flag' })
    expect([path, status, body]).toEqual([path, 500, { success: false, error: 'the page has crashed' }])
  }
  expect((await call('/state?test_id=t-1')).status).toBe(500)
})

test.each([
  ['/init', {}, {}, 400],
  ['/init', { api_key: 'a', host: 'file:///etc/passwd' }, {}, 400],
  ['/capture', CAPTURE, {}, 409],
  ['/capture?test_id=a%0d%0ab', CAPTURE, {}, 400],
  ['/reset', {}, { Origin: 'https://a-site.example' }, 403],
  ['/nothing', {}, {}, 404],
])('%s with %j is refused', async (path, body, headers, status) => {
  expect((await call(path, body, headers)).status).toBe(status)
})

test('no way leads through the gateway but an open passage, and only for GET and POST', async () => {
  const passage = site.gateway.open({ target: mock.url, testId: 't-gate' })
  const statusOf = async (method: string, path = passage.path) =>
    (await fetch(`${site.url}${path}/e/`, { method })).status
  expect(await statusOf('GET')).toBe(200)
  expect(await statusOf('OPTIONS')).toBe(405)
  expect(await statusOf('HEAD')).toBe(405)
  expect(await statusOf('POST', '/ingest/t-gate')).toBe(404)
  passage.close()
  expect(await statusOf('POST')).toBe(404)
  expect(mock.of('t-gate').requests).toHaveLength(1)
})

test('an answer that never comes looks like one that never came', async () => {
  const refusing = createServer((req) => req.socket.destroy())
  const { origin: target } = await listen(refusing)
  const passage = site.gateway.open({ target, testId: undefined })
  await expect(fetch(`${site.url}${passage.path}/batch/`, { method: 'POST', body: '{}' })).rejects.toThrow()
  expect(passage.log).toMatchObject([{ status: 0 }])
  refusing.close()
})
