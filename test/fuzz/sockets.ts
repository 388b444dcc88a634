/** Answers that only a real connection can give: without end, too slow, broken off, elsewhere. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fc, { type Arbitrary } from 'fast-check'
import { fetchSender } from '../../src/adapters/fetch-sender'
import { MAX_REPLY_BYTES } from '../../src/core/base/limits'
import { interpret, wireFor } from '../../src/core/protocol/wires'
import { listen } from '../support/listen'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'

const BEHAVIOURS = [
  'plain',
  'html',
  'endless',
  'endless headers',
  'drip',
  'silent',
  'reset',
  'reset in body',
  'short of its length',
  'longer than its length',
  'bad gzip',
  'gzip bomb',
  'not http',
  'bad chunk',
  'redirect to a page',
  'redirect loop',
  'redirect that keeps',
  'redirect elsewhere',
  'redirect to nowhere',
  'early hints',
] as const

type Behaviour = (typeof BEHAVIOURS)[number]

interface Case {
  behaviour: Behaviour
  status: number
  format: 'v0' | 'v1'
  /** The event, which tells the request of one case from that of another. */
  event: number
}

const cases: Arbitrary<Case> = fc.record({
  behaviour: fc.constantFrom(...BEHAVIOURS),
  status: fc.constantFrom(200, 200, 204, 301, 302, 303, 307, 308, 400, 413, 503),
  format: fc.constantFrom('v0', 'v1'),
  // Small numbers are preferred otherwise, and would come again.
  event: fc.noBias(fc.nat()),
})

/** Ends what never would, in ms; */
const SHORT_TIMEOUT_MS = 80
/** and what ends by itself is given this many, on however busy a machine. */
const LONG_TIMEOUT_MS = 30_000

const STALLING = new Set<Behaviour>(['endless headers', 'drip', 'silent', 'longer than its length'])

/** Longer than this, in ms, no request may take. */
const HANG_MS = 60_000

const RESULTS = '{"results":{}}'
const HTML = '<!doctype html><title>Sign in</title>'

interface Ground {
  origin: string
  other: string
  /** Bodies that were posted in full where events are taken. */
  posted: string[]
  sent: number
}

let ground: Promise<Ground> | undefined
let current: Case
const seen: Ground = { origin: '', other: '', posted: [], sent: 0 }

/** Servers that live as long as the program, and keep it no longer. */
async function open(): Promise<Ground> {
  const originOf = async (server: Server) => {
    server.unref()
    // Broken requests are what this is for.
    server.on('connection', (socket: Socket) => socket.on('error', () => undefined).unref())
    return (await listen(server)).origin
  }
  seen.origin = await originOf(createServer(handle))
  seen.other = await originOf(createServer(handle))
  return seen
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('error', () => undefined)
  response.on('error', () => undefined)
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const { url = '/', method } = request
    if (url.startsWith('/login')) return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(HTML)
    if (url.startsWith('/moved')) {
      if (method === 'POST') seen.posted.push(body)
      return void response.writeHead(method === 'POST' ? 200 : 405).end(RESULTS)
    }
    behave(current, request, response, body)
  })
}

function behave(
  { behaviour, status }: Case,
  { socket, url = '/' }: IncomingMessage,
  response: ServerResponse,
  body: string,
) {
  const redirect = (to: string, how = status >= 300 && status < 400 ? status : 302) =>
    response.writeHead(how, { Location: to }).end()
  const okay = status >= 300 && status < 400 ? 200 : status
  switch (behaviour) {
    case 'plain':
      seen.posted.push(body)
      return response.writeHead(okay).end(okay === 204 ? undefined : RESULTS)
    case 'html':
      return response.writeHead(okay, { 'Content-Type': 'text/html' }).end(HTML)
    case 'endless':
      response.writeHead(okay === 204 ? 200 : okay)
      return flood(response)
    case 'endless headers':
      socket.write('HTTP/1.1 200 OK\r\n')
      for (let n = 0; n < 2_000; n++) socket.write(`X-${n}: ${'x'.repeat(100)}\r\n`)
      return
    case 'drip': {
      response.writeHead(okay === 204 ? 200 : okay)
      const drip = setInterval(() => response.write('x'), 10)
      return response.on('close', () => clearInterval(drip))
    }
    case 'silent':
      return
    case 'reset':
      return socket.resetAndDestroy()
    case 'reset in body':
      response.writeHead(okay === 204 ? 200 : okay).write('{"results":{')
      return setImmediate(() => socket.resetAndDestroy())
    case 'short of its length':
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n${RESULTS}`)
      return socket.end()
    case 'longer than its length':
      return socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${RESULTS}`)
    case 'bad gzip':
      return response.writeHead(okay, { 'Content-Encoding': 'gzip' }).end('\u001f\u008bthis is no gzip')
    case 'gzip bomb':
      return response.writeHead(okay, { 'Content-Encoding': 'gzip' }).end(BOMB)
    case 'not http':
      return socket.end('SSH-2.0-OpenSSH_9.9\r\n')
    case 'bad chunk':
      return socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"results":{}}\r\n')
    case 'redirect to a page':
      return redirect('/login')
    case 'redirect loop':
      // To a place that is new each time, so that it is no loop to whoever only remembers where it was.
      return redirect(`${url.split('?')[0]}?again=${Number(url.split('=')[1] ?? 0) + 1}`)
    case 'redirect that keeps':
      return redirect('/moved', 308)
    case 'redirect elsewhere':
      return redirect(`${seen.other}/login`)
    case 'redirect to nowhere':
      return redirect('gopher://nowhere/')
    case 'early hints':
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      return response.writeHead(okay).end(okay === 204 ? undefined : RESULTS)
  }
}

function flood(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(65_536))) seen.sent += 65_536
  }
  response.on('drain', more)
  more()
}

/** 20 MB of nothing, in 20 kB. */
let BOMB: Uint8Array

/** Answers that come from no ingestion endpoint, or never came in full. v0 believes a status (docs/protocol.md §1.6). */
const NEVER_DELIVERED = new Set<Behaviour>([
  'endless headers',
  'silent',
  'reset',
  'not http',
  'redirect to a page',
  'redirect loop',
  'redirect elsewhere',
  'redirect to nowhere',
])

async function check(given: Case): Promise<Outcome> {
  BOMB ??= (await import('node:zlib')).gzipSync(Buffer.alloc(20_000_000))
  ground ??= open()
  const { origin, posted } = await ground
  current = given
  posted.length = 0
  seen.sent = 0
  const { format, behaviour, event } = given
  const wire = wireFor(format)
  const body = `{"batch":[${event}]}`
  const request = { url: `${origin}/batch/`, headers: { 'Content-Type': 'text/plain' }, body }
  const timeoutMs = STALLING.has(behaviour) ? SHORT_TIMEOUT_MS : LONG_TIMEOUT_MS
  const outcome = fetchSender().send(request, { timeoutMs, readBody: wire.readsBody })
  let timer: ReturnType<typeof setTimeout> | undefined
  const hung = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), HANG_MS)
  })
  const reply = await Promise.race([outcome, hung])
  clearTimeout(timer)
  hold(reply, 'a request ends', given)
  if (reply.kind === 'reply') hold(reply.body.length <= MAX_REPLY_BYTES, 'no more is read than is needed')
  const verdict = interpret(wire, reply)
  const delivered = verdict.kind === 'delivered' || verdict.kind === 'partial'
  // An answer of 204 has no body, and so no page.
  const isNone = NEVER_DELIVERED.has(behaviour) || (behaviour === 'html' && given.status !== 204)
  hold(!delivered || !isNone, 'delivered is what the server says is', { given, reply, verdict })
  if (behaviour === 'redirect that keeps') {
    hold(delivered && posted[0] === body, 'a redirect that keeps the request is followed', { reply, posted })
  }
  holdNothingElseBroke()
  return delivered ? 'accepted' : 'refused'
}

export const sockets: Boundary<Case> = { name: 'sockets', share: 1, cases, check }
