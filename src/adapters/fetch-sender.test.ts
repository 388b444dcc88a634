import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MAX_REPLY_BYTES } from '../core/limits'
import type { WireRequest } from '../core/ports'
import { fetchSender } from './fetch-sender'

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

let server: Server
let handle: Handler
let url: string
/** Responses that were still open when their connection closed. */
let cut = 0

beforeEach(async () => {
  cut = 0
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => handle(request, response, Buffer.concat(chunks)))
    response.on('close', () => {
      if (!response.writableEnded) cut += 1
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/batch/`
})

afterEach(() => {
  vi.useRealTimers()
  server.closeAllConnections()
  server.close()
})

const request = (given: Partial<WireRequest> = {}): WireRequest => ({
  url,
  headers: { 'Content-Type': 'text/plain' },
  body: '{"batch":[]}',
  ...given,
})

const send = (options: { timeoutMs?: number; readBody?: boolean } = {}, given: Partial<WireRequest> = {}) =>
  fetchSender().send(request(given), { timeoutMs: 5_000, readBody: true, ...options })

test('the request arrives as it was made, and the answer comes back', async () => {
  let seen: unknown
  handle = ({ method, url: path, headers }, response, body) => {
    seen = [method, path, headers['content-type'], headers['x-own'], [...body]]
    response.writeHead(200, { 'Retry-After': '3' }).end('{"results":{}}')
  }
  const given = { headers: { 'Content-Type': 'application/json', 'X-Own': 'yes' }, body: new Uint8Array([1, 2, 3]) }
  expect(await send({}, given).outcome).toEqual({
    kind: 'reply',
    status: 200,
    retryAfter: '3',
    body: '{"results":{}}',
  })
  expect(seen).toEqual(['POST', '/batch/', 'application/json', 'yes', [1, 2, 3]])
})

test.each([
  { readBody: false, status: 200 },
  { readBody: true, status: 503 },
])(
  'a body that does not matter is not waited for (readBody $readBody, status $status)',
  async ({ readBody, status }) => {
    handle = (_, response) => {
      response.writeHead(status).write('begins and never ends')
    }
    expect(await send({ readBody }).outcome).toEqual({ kind: 'reply', status, retryAfter: null, body: '' })
  },
)

test('P6: a body that does not matter and never ends is cut by the timeout, and frees its connection', async () => {
  handle = (_, response) => {
    response.writeHead(503).write('begins and never ends')
  }
  await send({ timeoutMs: 50 }).outcome
  await vi.waitFor(() => expect(cut).toBe(1))
})

test('P6: an endpoint that says nothing is a timeout', async () => {
  handle = () => undefined
  expect(await send({ timeoutMs: 50 }).outcome).toEqual({ kind: 'timeout' })
})

test('P6: a body that stalls is a timeout', async () => {
  handle = (_, response) => {
    response.writeHead(200).write('{"results":')
  }
  expect(await send({ timeoutMs: 50 }).outcome).toEqual({ kind: 'timeout' })
})

test('P6: an answer without end is cut off', async () => {
  handle = (_, response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) {
        // As fast as it can.
      }
    }
    response.on('drain', more)
    more()
  }
  expect(await send().outcome).toEqual({ kind: 'reply_too_long', status: 200 })
  await vi.waitFor(() => expect(cut).toBe(1))
})

test('an answer of exactly the most bytes is read', async () => {
  handle = (_, response) => response.end('x'.repeat(MAX_REPLY_BYTES))
  expect(await send().outcome).toMatchObject({ kind: 'reply', body: 'x'.repeat(MAX_REPLY_BYTES) })
})

test('a refused connection is unreachable', async () => {
  server.close()
  server.closeAllConnections()
  expect(await send().outcome).toMatchObject({ kind: 'unreachable' })
})

test('a connection that breaks is unreachable', async () => {
  handle = ({ socket }) => socket.destroy()
  expect(await send().outcome).toMatchObject({ kind: 'unreachable' })
})

test('307 and 308 keep the request', async () => {
  const seen: [string | undefined, string][] = []
  handle = ({ method, url: path }, response, body) => {
    seen.push([method, body.toString()])
    if (path === '/batch/') response.writeHead(308, { Location: '/moved' }).end()
    else response.end('ok')
  }
  expect(await send().outcome).toMatchObject({ status: 200, body: 'ok' })
  expect(seen).toEqual([
    ['POST', '{"batch":[]}'],
    ['POST', '{"batch":[]}'],
  ])
})

test.each([301, 302, 303])('P5: a %d to a page to sign in on has delivered nothing', async (status) => {
  handle = ({ url: path }, response) => {
    if (path === '/batch/') response.writeHead(status, { Location: '/login' }).end()
    else response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<title>Sign in</title>')
  }
  expect(await send().outcome).toEqual({ kind: 'unreachable', detail: 'redirected to a page' })
})

test('an endless redirect is unreachable, not a loop', async () => {
  handle = (_, response) => response.writeHead(307, { Location: url }).end()
  expect(await send().outcome).toMatchObject({ kind: 'unreachable' })
})

test('an opaque redirect is final', async () => {
  const redirect = Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' })
  const sender = fetchSender({ fetch: async () => redirect })
  const { outcome } = sender.send(request(), { timeoutMs: 1_000, readBody: true })
  expect(await outcome).toMatchObject({ kind: 'reply', status: 300 })
})

test.each([
  ['an error', () => Response.error()],
  ['something else', () => ({ headers: new Headers(), ok: true })],
  ['a status of words', () => ({ headers: new Headers(), status: 'fine', ok: true })],
  ['nothing', () => undefined],
])('P6: %s from a patched fetch is no answer', async (_, given) => {
  const sender = fetchSender({ fetch: async () => given() as Response })
  const { outcome } = sender.send(request(), { timeoutMs: 1_000, readBody: true })
  expect(await outcome).toMatchObject({ kind: 'unreachable' })
})

test('abort ends a request as unreachable', async () => {
  handle = () => undefined
  const { outcome, abort } = send()
  abort()
  expect(await outcome).toMatchObject({ kind: 'unreachable' })
})

test('P6: a patched fetch that ignores its signal cannot outlast the timeout, nor an abort', async () => {
  const sender = fetchSender({ fetch: () => new Promise(() => undefined) })
  expect(await sender.send(request(), { timeoutMs: 20, readBody: true }).outcome).toEqual({ kind: 'timeout' })
  const { outcome, abort } = sender.send(request(), { timeoutMs: 60_000, readBody: true })
  abort()
  expect(await outcome).toMatchObject({ kind: 'unreachable' })
})

test.each([
  [
    'throws',
    () => {
      throw new TypeError('patched')
    },
  ],
  ['rejects with nothing', () => Promise.reject()],
  ['answers with nonsense', () => Promise.resolve(undefined)],
])('P11: a patched fetch that %s is unreachable', async (_, patched) => {
  const sender = fetchSender({ fetch: patched as unknown as typeof fetch })
  const { outcome } = sender.send(request(), { timeoutMs: 1_000, readBody: true })
  expect(await outcome).toMatchObject({ kind: 'unreachable' })
})

test('a fetch that is patched later is the one that is used', async () => {
  const sender = fetchSender()
  const patched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('patched'))
  const { outcome } = sender.send(request(), { timeoutMs: 1_000, readBody: true })
  expect(await outcome).toMatchObject({ body: 'patched' })
  patched.mockRestore()
})

test.each([
  { bytes: 50_000, keepalive: true },
  { bytes: 50_001, keepalive: false },
])('a body of $bytes bytes is sent with keepalive: $keepalive', async ({ bytes, keepalive }) => {
  let seen: RequestInit | undefined
  const sender = fetchSender({
    keepalive: () => true,
    fetch: async (_, init) => {
      seen = init
      return new Response()
    },
  })
  await sender.send(request({ body: 'x'.repeat(bytes) }), { timeoutMs: 1_000, readBody: false }).outcome
  expect(seen?.keepalive).toBe(keepalive)
})

test('no timer is left behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const sender = fetchSender({ fetch: async () => new Response('x', { status: 503 }) })
  const bodies = [true, false].map((readBody) => sender.send(request(), { timeoutMs: 30_000, readBody }).outcome)
  await Promise.all(bodies)
  const failing = fetchSender({ fetch: () => Promise.reject(new Error('no')) })
  await failing.send(request(), { timeoutMs: 30_000, readBody: true }).outcome
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0))
})
