import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listen } from '../../test/support/listen'
import { MAX_REPLY_BYTES } from '../core/base/limits'
import type { SendOptions, WireRequest } from '../core/base/ports'
import { fetchSender } from './fetch-sender'
import { followingSender } from './following-sender'

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
  url = `${(await listen(server)).origin}/batch/`
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

const send = (options: Partial<SendOptions> = {}, given: Partial<WireRequest> = {}) =>
  fetchSender().send(request(given), { timeoutMs: 5_000, readBody: true, ...options })

test('the request arrives as it was made, and the answer comes back', async () => {
  let seen: unknown
  handle = ({ method, url: path, headers }, response, body) => {
    seen = [method, path, headers['content-type'], headers['x-own'], [...body]]
    response.writeHead(200, { 'Retry-After': '3' }).end('{"results":{}}')
  }
  const given = { headers: { 'Content-Type': 'application/json', 'X-Own': 'yes' }, body: new Uint8Array([1, 2, 3]) }
  expect(await send({}, given)).toEqual({
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
    expect(await send({ readBody })).toEqual({ kind: 'reply', status, retryAfter: null, body: '' })
  },
)

test('P6: a body that does not matter and never ends is cut by the timeout, and frees its connection', async () => {
  handle = (_, response) => {
    response.writeHead(503).write('begins and never ends')
  }
  await send({ timeoutMs: 50 })
  await vi.waitFor(() => expect(cut).toBe(1))
})

test('P6: an endpoint that says nothing is a timeout', async () => {
  handle = () => undefined
  expect(await send({ timeoutMs: 50 })).toEqual({ kind: 'timeout' })
})

test('P6: a body that stalls is a timeout', async () => {
  handle = (_, response) => {
    response.writeHead(200).write('{"results":')
  }
  expect(await send({ timeoutMs: 50 })).toEqual({ kind: 'timeout' })
})

test('P6: an answer without end is cut off', async () => {
  handle = (_, response) => {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) {
        // The server writes as fast as it can.
      }
    }
    response.on('drain', more)
    more()
  }
  expect(await send()).toEqual({ kind: 'reply_too_long', status: 200 })
  await vi.waitFor(() => expect(cut).toBe(1))
})

test('an answer of exactly the most bytes is read', async () => {
  handle = (_, response) => response.end('x'.repeat(MAX_REPLY_BYTES))
  expect(await send()).toMatchObject({ kind: 'reply', body: 'x'.repeat(MAX_REPLY_BYTES) })
})

test('a refused connection is unreachable', async () => {
  server.close()
  server.closeAllConnections()
  expect(await send()).toMatchObject({ kind: 'unreachable' })
})

test('a connection that breaks is unreachable', async () => {
  handle = ({ socket }) => socket.destroy()
  expect(await send()).toMatchObject({ kind: 'unreachable' })
})

test('307 and 308 keep the request', async () => {
  const seen: [string | undefined, string][] = []
  handle = ({ method, url: path }, response, body) => {
    seen.push([method, body.toString()])
    if (path === '/batch/') response.writeHead(308, { Location: '/moved' }).end()
    else response.end('ok')
  }
  expect(await send()).toMatchObject({ status: 200, body: 'ok' })
  expect(seen).toEqual([
    ['POST', '{"batch":[]}'],
    ['POST', '{"batch":[]}'],
  ])
})

const LOST = [301, 302, 303]
const KEPT = [307, 308]
const EMPTY = '{"api_key":"k","batch":[]}'
const EVENTS = '{"api_key":"k","batch":[1]}'

type Place = (method: string, body: string, response: ServerResponse) => void

const json = (response: ServerResponse, status = 200, body = '{"status":1}') =>
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body)

const FAILING: Place = (method, body, response) => json(response, method === 'POST' && body !== EMPTY ? 200 : 500)

/** Places that a redirect may lead to, as they answer. */
const PLACES: Record<string, Place> = {
  'a page': (_, __, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<title>Sign in</title>'),
  'a place that answers everything with JSON': (_, __, response) => json(response),
  'a place that tells the time': (_, __, response) => json(response, 200, `{"time":${Date.now()}}`),
  'a place that counts': (_, __, response) => json(response, 200, `{"count":${counted++}}`),
  'a place that takes only POST': (method, _, response) => json(response, method === 'POST' ? 200 : 405),
  'an endpoint that says what is wrong': (_, body, response) =>
    body === '' || body === EMPTY ? json(response, 400, '"no event"') : json(response, body === '-' ? 400 : 200, body),
  'an endpoint that fails without events': FAILING,
}

let counted = 0

/** Fetch as a browser has it: of a redirect that is not followed nothing can be seen. */
const asBrowser: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (init?.redirect !== 'manual' || ![...LOST, ...KEPT].includes(response.status)) return response
  await response.body?.cancel()
  const opaque = Response.error()
  Object.defineProperty(opaque, 'type', { value: 'opaqueredirect' })
  return opaque
}

/** What was asked, in order: where, how, and with what. */
const asked: string[] = []

/** Has `/batch/` redirect to `/moved`, which answers as `place` does. */
function redirect(status: number, place: Place): void {
  asked.length = 0
  handle = ({ method = '', url: path }, response, body) => {
    asked.push(`${path} ${method} ${body}`)
    if (path === '/batch/') response.writeHead(status, { Location: '/moved' }).end()
    else place(method, body.toString(), response)
  }
}

const withEvents = () => asked.filter((line) => line.endsWith(EVENTS)).map((line) => line.split(' ')[0])

for (const [where, given] of [
  ['in a browser', asBrowser],
  ['in Node', fetch],
] as const) {
  const sender = () => fetchSender({ fetch: given })
  const deliver = (from = sender(), own: Partial<WireRequest> = {}) => {
    const empty = async () => request({ ...own, body: EMPTY })
    return from.send(request({ ...own, body: EVENTS }), { timeoutMs: 5_000, readBody: false, empty })
  }

  for (const [what, place] of Object.entries(PLACES)) {
    if (place === FAILING) continue
    test.each(LOST)(`P5: a %d to ${what} has delivered nothing, and says what to do (${where})`, async (status) => {
      redirect(status, place)
      expect(await deliver()).toMatchObject({ kind: 'not_taken', detail: expect.stringContaining('set host') })
      expect(withEvents()).toEqual(['/batch/'])
    })
  }

  for (const what of [
    'a place that takes only POST',
    'an endpoint that says what is wrong',
    'an endpoint that fails without events',
  ]) {
    test.each(KEPT)(`P4: a %d to ${what} delivers, and each event gets there once (${where})`, async (status) => {
      redirect(status, PLACES[what] as Place)
      expect(await deliver()).toMatchObject({ kind: 'reply', status: 200 })
      expect(withEvents()).toEqual(['/batch/', '/moved'])
    })
  }

  test.each(KEPT)(`a %d to a page has delivered nothing (${where})`, async (status) => {
    redirect(status, PLACES['a page'] as Place)
    expect(await deliver()).toMatchObject({ kind: 'not_taken' })
  })

  test.each(LOST)(
    `P5: a %d to an endpoint that fails without events has delivered nothing (${where})`,
    async (status) => {
      redirect(status, FAILING)
      // A browser shows only that the endpoint fails, which may be over soon.
      expect(await deliver()).toMatchObject({ kind: given === fetch ? 'not_taken' : 'unreachable' })
      expect(withEvents()).toEqual(['/batch/'])
    },
  )

  test(`an endless redirect is unreachable, not a loop (${where})`, async () => {
    handle = (_, response) => response.writeHead(307, { Location: url }).end()
    expect(await deliver()).toMatchObject({ kind: 'unreachable' })
  })

  test(`P5: a redirect that leads nowhere has delivered nothing (${where})`, async () => {
    handle = (_, response) => response.writeHead(302).end()
    expect(await deliver()).toMatchObject({ kind: 'not_taken' })
  })

  test(`what a site asks for with a header, or v1 with its token, goes to no origin that it has not named (${where})`, async () => {
    const seen: unknown[] = []
    const other = createServer(({ method, headers }, response) => {
      seen.push(headers.authorization, headers['x-own'])
      json(response, method === 'POST' ? 200 : 405)
    })
    const Location = `${(await listen(other)).origin}/batch/`
    handle = (_, response) => response.writeHead(308, { Location }).end()
    for (const headers of [{ Authorization: 'Bearer k' }, { 'Content-Type': 'text/plain', 'X-Own': 'secret' }]) {
      const outcome = await deliver(sender(), { headers: headers as unknown as Record<string, string> })
      expect(outcome).toMatchObject({ kind: 'not_taken', detail: expect.stringContaining(Location) })
    }
    expect(seen.filter((header) => header !== undefined)).toEqual([])
    expect(await deliver()).toMatchObject({ kind: 'reply', status: 200 })
    other.closeAllConnections()
    other.close()
  })
}

test('what a redirect does is found out once, and events then go where it leads', async () => {
  redirect(308, PLACES['a place that takes only POST'] as Place)
  const sender = fetchSender({ fetch: asBrowser })
  const deliver = () =>
    sender.send(request({ body: EVENTS }), {
      timeoutMs: 5_000,
      readBody: false,
      empty: async () => request({ body: EMPTY }),
    })
  const first = await Promise.all([deliver(), deliver(), deliver()])
  expect(first).toEqual([first[0], first[0], first[0]])
  expect(first[0]).toMatchObject({ status: 200 })
  expect(asked.filter((line) => line === '/moved GET ')).toHaveLength(1)
  asked.length = 0
  expect(await deliver()).toMatchObject({ status: 200 })
  expect(asked).toEqual([`/moved POST ${EVENTS}`])
})

test.each([404, 308])(
  'where a redirect led to is %d now: events follow it to where it leads by then',
  async (status) => {
    redirect(308, PLACES['a place that takes only POST'] as Place)
    const sender = fetchSender({ fetch: asBrowser })
    const deliver = () => {
      const empty = async () => request({ body: EMPTY })
      return sender.send(request({ body: EVENTS }), { timeoutMs: 5_000, readBody: false, empty })
    }
    expect(await deliver()).toMatchObject({ status: 200 })
    handle = ({ method, url: path }, response) => {
      if (path === '/batch/') response.writeHead(308, { Location: '/new' }).end()
      else if (path === '/moved') response.writeHead(status, { Location: '/new' }).end()
      else json(response, method === 'POST' ? 202 : 405)
    }
    expect(await deliver()).toMatchObject({ status: 202 })
  },
)

test('a site that is mended is noticed: at once without a redirect, and after minutes with another', async () => {
  const sender = fetchSender({ fetch: asBrowser })
  const deliver = () => {
    const empty = async () => request({ body: EMPTY })
    return sender.send(request({ body: EVENTS }), { timeoutMs: 5_000, readBody: false, empty })
  }
  vi.useFakeTimers({ toFake: ['Date'] })
  const place = PLACES['a place that takes only POST'] as Place
  redirect(302, place)
  expect(await deliver()).toMatchObject({ kind: 'not_taken' })
  redirect(308, place)
  vi.setSystemTime(Date.now() + 300_000)
  expect(await deliver()).toMatchObject({ status: 200 })
  redirect(302, place)
  vi.setSystemTime(Date.now() + 300_000)
  expect(await deliver()).toMatchObject({ kind: 'not_taken' })
  handle = (_, response) => json(response, 202)
  expect(await deliver()).toMatchObject({ status: 202 })
})

test("P11: a relay's request does not follow where an event to the same address was led", async () => {
  redirect(308, PLACES['a place that takes only POST'] as Place)
  const sender = fetchSender({ fetch: asBrowser })
  const options = { timeoutMs: 5_000, readBody: false }
  const empty = async () => request({ body: EMPTY })
  expect(await sender.send(request({ body: EVENTS }), { ...options, empty })).toMatchObject({ status: 200 })
  asked.length = 0
  expect(await sender.send(request({ body: 'secret' }), options)).toMatchObject({ kind: 'not_taken' })
  expect(asked).toEqual(['/batch/ POST secret'])
})

test('P6: a place behind a redirect that says nothing is a timeout, for the request that asks and those that wait', async () => {
  redirect(308, () => undefined)
  const sender = fetchSender({ fetch: asBrowser })
  const empty = async () => request({ body: EMPTY })
  const ask = () => sender.send(request({ body: EVENTS }), { timeoutMs: 100, readBody: false, empty })
  expect(await Promise.all([ask(), ask()])).toEqual([{ kind: 'timeout' }, { kind: 'timeout' }])
})

test.each([
  ['text/html; charset=utf-8', '<!doctype html><title>Hello</title>'],
  ['TEXT/HTML', '\n\n<p>'],
  ['application/xhtml+xml', '<?xml version="1.0"?>'],
  ['text/html', 'Sign in first'],
])('P5: a 200 of %s that says %j is a page, and has delivered nothing', async (type, body) => {
  handle = (_, response) => response.writeHead(200, { 'Content-Type': type }).end(body)
  for (const readBody of [false, true]) {
    expect(await send({ readBody })).toMatchObject({
      kind: 'not_taken',
      detail: expect.stringMatching(/^answered with a page/),
    })
  }
})

test('P5: a 200 that does not name its type and says a page has delivered nothing, and other words have', async () => {
  for (const [body, kind] of [
    ['\n<!doctype html><title>Sign in</title>', 'not_taken'],
    ['1', 'reply'],
    ['', 'reply'],
  ]) {
    handle = (_, response) => response.writeHead(200).end(body)
    for (const readBody of [false, true]) expect(await send({ readBody })).toMatchObject({ kind })
  }
})

test('what a server says of a refusal is read, where it comes in time', async () => {
  handle = (_, response) => response.writeHead(400, { 'Content-Type': 'text/plain' }).end('no distinct_id')
  expect(await send({ readBody: false })).toMatchObject({ status: 400, body: 'no distinct_id' })
  handle = (_, response) => response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not found</h1>')
  expect(await send({ readBody: false })).toMatchObject({ status: 404, body: '' })
  handle = (_, response) => {
    response.writeHead(400).write('begins and never ends')
  }
  expect(await send({ readBody: false })).toMatchObject({ status: 400, body: '' })
  handle = (_, response) => {
    response.writeHead(400, { 'Content-Length': '100' }).write('breaks')
    setTimeout(() => response.destroy(), 20)
  }
  expect(await send({ readBody: false })).toMatchObject({ status: 400, body: '' })
})

test.each([
  { onLine: true, afterMs: 0, instant: true },
  { onLine: true, afterMs: 200, instant: false },
  { onLine: false, afterMs: 0, instant: false },
  { onLine: undefined, afterMs: 0, instant: false },
])('a failure after $afterMs ms with onLine $onLine is instant: $instant', async ({ onLine, afterMs, instant }) => {
  vi.stubGlobal('navigator', { onLine })
  const fails = () =>
    new Promise<never>((_, reject) => setTimeout(() => reject(new TypeError('Failed to fetch')), afterMs))
  const outcome = await fetchSender({ fetch: fails }).send(request(), { timeoutMs: 5_000, readBody: false })
  expect(outcome).toMatchObject({ kind: 'unreachable', instant })
  vi.unstubAllGlobals()
})

test.each([
  [200, 'text/html', ''],
  [200, 'text/html', '\n'],
  [200, 'text/html', '{"status":1}'],
  [204, 'text/html', ''],
  [200, 'application/json', '{"status":1}'],
  [200, 'text/plain', '<ok>'],
  [503, 'text/html', '<h1>Busy</h1>'],
])('a %d of %s that says %j is no page', async (status, type, body) => {
  handle = (_, response) => response.writeHead(status, { 'Content-Type': type }).end(body)
  for (const readBody of [false, true]) {
    const read = readBody && status < 300 ? body : ''
    expect(await send({ readBody })).toMatchObject({ kind: 'reply', status, body: read })
  }
})

test('P6: a page without end is a page', async () => {
  handle = (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).write('<p>')
  }
  expect(await send({ readBody: false })).toMatchObject({ kind: 'not_taken' })
  await vi.waitFor(() => expect(cut).toBe(1))
})

test('what asks for flags goes through any redirect, as the browser takes it', async () => {
  handle = ({ method, url: path }, response) => {
    if (path === '/batch/') response.writeHead(302, { Location: '/moved' }).end()
    else response.end(method)
  }
  const outcome = followingSender().send(request(), { timeoutMs: 5_000, readBody: true })
  expect(await outcome).toMatchObject({ status: 200, body: 'GET' })
})

test.each([
  ['an error', () => Response.error()],
  ['something else', () => ({ headers: new Headers(), ok: true })],
  ['a status of words', () => ({ headers: new Headers(), status: 'fine', ok: true })],
  ['nothing', () => undefined],
])('P6: %s from a patched fetch is no answer', async (_, given) => {
  const sender = fetchSender({ fetch: async () => given() as Response })
  const outcome = sender.send(request(), { timeoutMs: 1_000, readBody: true })
  expect(await outcome).toMatchObject({ kind: 'unreachable' })
})

test('abort ends a request as unreachable', async () => {
  handle = () => undefined
  const ending = new AbortController()
  const outcome = send({ signal: ending.signal })
  ending.abort()
  expect(await outcome).toMatchObject({ kind: 'unreachable' })
})

test('a request that is aborted before it begins is not made', async () => {
  const fetched = vi.fn<typeof fetch>()
  const options = { timeoutMs: 5_000, readBody: true, signal: AbortSignal.abort() }
  expect(await fetchSender({ fetch: fetched }).send(request(), options)).toMatchObject({ kind: 'unreachable' })
  expect(fetched).not.toHaveBeenCalled()
})

test('P6: a patched fetch that ignores its signal cannot outlast the timeout, nor an abort', async () => {
  const sender = fetchSender({ fetch: () => new Promise(() => undefined) })
  expect(await sender.send(request(), { timeoutMs: 20, readBody: true })).toEqual({ kind: 'timeout' })
  const ending = new AbortController()
  const outcome = sender.send(request(), { timeoutMs: 60_000, readBody: true, signal: ending.signal })
  ending.abort()
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
  const outcome = sender.send(request(), { timeoutMs: 1_000, readBody: true })
  expect(await outcome).toMatchObject({ kind: 'unreachable' })
})

test('a fetch that is patched later is the one that is used', async () => {
  const sender = fetchSender()
  const patched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('patched'))
  const outcome = sender.send(request(), { timeoutMs: 1_000, readBody: true })
  expect(await outcome).toMatchObject({ body: 'patched' })
  patched.mockRestore()
})

test.each([
  { bytes: 50_000, given: { body: 'x'.repeat(50_000) }, keepalive: true },
  { bytes: 50_001, given: { body: 'x'.repeat(50_001) }, keepalive: false },
  // A character of three bytes.
  { bytes: 60_000, given: { body: '中'.repeat(20_000) }, keepalive: false },
  { bytes: 49_998, given: { body: 'A'.repeat(66_664), base64: true }, keepalive: true },
  { bytes: 50_001, given: { body: new Uint8Array(50_001) }, keepalive: false },
])('a body of $bytes bytes is sent with keepalive: $keepalive', async ({ given, keepalive }) => {
  let seen: RequestInit | undefined
  const sender = fetchSender({
    keepalive: () => true,
    fetch: async (_, init) => {
      seen = init
      return new Response()
    },
  })
  await sender.send(request(given), { timeoutMs: 1_000, readBody: false })
  expect(seen?.keepalive).toBe(keepalive)
})

test('no timer is left behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const sender = fetchSender({ fetch: async () => new Response('x', { status: 503 }) })
  const bodies = [true, false].map((readBody) => sender.send(request(), { timeoutMs: 30_000, readBody }))
  await Promise.all(bodies)
  const failing = fetchSender({ fetch: () => Promise.reject(new Error('no')) })
  await failing.send(request(), { timeoutMs: 30_000, readBody: true })
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0))
})
