/**
 * The way from an SDK to the server it reports to: a reverse proxy on the SDK's own origin, because the harness's mock
 * knows no CORS. It adds `X-Test-Id` and changes nothing else. Only passages that are open lead anywhere.
 */

import { randomUUID } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'

const PREFIX = '/ingest/'

/** Of one connection, not of the message (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** A request that came through. Status 0: there was no answer. */
export interface Passed {
  at: number
  status: number
  encoding: string | undefined
  body: Buffer
}

export interface Passage {
  path: string
  log: Passed[]
  close: () => void
}

interface Way {
  target: string
  testId: string | undefined
  log: Passed[]
  open: Set<() => void>
}

export function createGateway() {
  const ways = new Map<string, Way>()
  return {
    /** Its path cannot be guessed, and is never used again: what an SDK sends after it was discarded goes nowhere. */
    open({ target, testId }: { target: string; testId: string | undefined }): Passage {
      const id = randomUUID()
      const way: Way = { target, testId, log: [], open: new Set() }
      ways.set(id, way)
      return {
        path: PREFIX + id,
        log: way.log,
        close() {
          ways.delete(id)
          for (const cut of way.open) cut()
        },
      }
    },

    /** @returns whether the request is the gateway's */
    handle(req: http.IncomingMessage, res: http.ServerResponse): boolean {
      if (!req.url?.startsWith(PREFIX)) return false
      const [, id = '', rest = '/'] = /^([^/?]*)(.*)$/.exec(req.url.slice(PREFIX.length)) ?? []
      const way = ways.get(id)
      // The SDK is on this very origin and asks no leave to send; HEAD would be recorded by the mock.
      if (way && (req.method === 'POST' || req.method === 'GET')) forward(way, rest, req, res)
      else res.writeHead(way ? 405 : 404).end()
      return true
    },
  }
}

/** @param rest path and query, below the target */
function forward(way: Way, rest: string, req: http.IncomingMessage, res: http.ServerResponse) {
  const { target, testId, log, open } = way
  const passed = { at: Date.now(), status: 0, encoding: req.headers['content-encoding'], body: Buffer.alloc(0) }
  log.push(passed)
  const chunks: Buffer[] = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => (passed.body = Buffer.concat(chunks)))

  const headers = [...endToEnd(req.rawHeaders), 'Host', new URL(target).host]
  if (testId !== undefined) headers.push('X-Test-Id', testId)
  const { request } = target.startsWith('https:') ? https : http
  // A connection of its own each time: a kept one that the server closes just then would look like a failed request.
  const upstream = request(target + rest, { method: req.method, headers, agent: false }, (reply) => {
    passed.status = reply.statusCode ?? 0
    res.sendDate = false
    res.writeHead(passed.status, reply.statusMessage, endToEnd(reply.rawHeaders))
    reply.pipe(res)
  })
  const cut = () => {
    upstream.destroy()
    res.destroy()
  }
  open.add(cut)
  // No answer is passed on as no answer, which is what the SDK would see without a proxy.
  upstream.on('error', cut)
  res.on('close', () => {
    open.delete(cut)
    if (!res.writableFinished) upstream.destroy()
  })
  req.pipe(upstream)
}

/** @param raw names and values in turn */
function endToEnd(raw: string[]): string[] {
  const kept = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = raw.slice(index, index + 2)
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}
