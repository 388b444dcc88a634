/**
 * The endpoint that every peer sends to. It answers at once and reads the bodies afterwards, so that what is measured is
 * the client; it breaks on demand, and counts what arrived.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { cut } from '../../demo/collector/cut'
import { listen } from '../../test/support/listen'
import { WIRES } from './decoders'
import { createEventCount } from './event-count'
import { createFaults, type Mode } from './faults'
import { countWireBytes } from './wire-bytes'

/** What a server that limits rates asks for, in s. */
const RETRY_AFTER_S = 3

const POLL_MS = 25

export async function startIngest(peer: string) {
  const wire = WIRES[peer]
  if (!wire) throw new TypeError(`no decoder for ${peer}`)
  const { answer = 'ok' } = wire
  const faults = createFaults()
  const events = createEventCount(wire)
  const counts = { requests: 0, refused: 0, preflights: 0, bodyBytes: 0 }

  const server = createServer((req, res) => {
    if (req.method === 'OPTIONS') {
      if (faults.isDown()) return cut(req.socket)
      counts.preflights += 1
      return allow(req, res)
    }
    const chunks: Buffer[] = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      if (req.method === 'GET') return faults.isDown() ? cut(req.socket) : respond(req, res, 'ok', '{}')
      const mode = faults.take()
      if (mode === 'ok' || mode === 'lost') {
        const body = Buffer.concat(chunks)
        counts.requests += 1
        counts.bodyBytes += body.length
        events.note({ path: req.url ?? '', headers: req.headers, body, at: Date.now() })
      } else counts.refused += 1
      if (mode === 'hang') faults.hold(() => cut(req.socket))
      else respond(req, res, mode, answer)
    })
  })
  server.keepAliveTimeout = 60_000
  const wireBytes = countWireBytes(server)
  const { origin } = await listen(server)

  return {
    url: origin,
    fault: faults.set,
    lastNewAt: events.lastNewAt,
    bodies: events.bodies,

    /** What arrived since the start. */
    async account() {
      await events.decode()
      return { ...counts, wireBytes: wireBytes(), events: events.different(), duplicates: events.duplicates() }
    },

    /**
     * Waits until so many different events have arrived.
     *
     * @returns whether they have
     */
    async arrived(count: number, patienceMs: number): Promise<boolean> {
      const end = Date.now() + patienceMs
      for (;;) {
        await events.decode()
        if (events.different() >= count) return true
        if (Date.now() > end) return false
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
    },

    /** Waits until so many requests have come, answered or not. */
    async requested(count: number, patienceMs: number) {
      const end = Date.now() + patienceMs
      while (counts.requests + counts.refused < count && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
    },

    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Ingest = Awaited<ReturnType<typeof startIngest>>

/** What every answer says, so that a page of any site may read it. */
function cors({ headers }: IncomingMessage): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': headers.origin ?? '*',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': 'Retry-After',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    Vary: 'Origin',
  }
}

/** Answers a preflight. */
function allow(req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(204, {
    ...cors(req),
    'Access-Control-Allow-Methods': 'GET, POST, PUT',
    'Access-Control-Allow-Headers': req.headers['access-control-request-headers'] ?? '*',
    // As generous as browsers allow: no peer is to pay for its headers here.
    'Access-Control-Max-Age': '7200',
  })
  res.end()
}

/** @param answer of a server that is well */
function respond(req: IncomingMessage, res: ServerResponse, mode: Exclude<Mode, 'hang'>, answer: string): void {
  if (mode === 'lost' || mode === 'down') cut(req.socket)
  else if (mode === '503') res.writeHead(503, cors(req)).end('unavailable')
  else if (mode === '429') res.writeHead(429, { ...cors(req), 'Retry-After': RETRY_AFTER_S }).end('{}')
  else res.writeHead(200, { ...cors(req), 'Content-Type': 'application/json' }).end(answer)
}
