/**
 * The endpoint that every peer sends to. It answers at once and reads the bodies afterwards, so that what is measured is
 * the client; it breaks on demand, and counts what arrived.
 */

import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { cut } from '../../demo/collector/cut'
import { idsOf, WIRES, type Wire, type WireRequest } from './decoders'

type Mode = 'ok' | '503' | '429' | 'hang' | 'lost' | 'down'
/** With `count` the fault is for so many requests. */
interface Fault {
  mode: Mode
  count?: number
}
type Received = WireRequest & { at: number }

/** What a server that limits rates asks for, in s. */
const RETRY_AFTER_S = 3

/** Bodies are read in slices of this many ms, so that requests are answered in between. */
const DECODE_SLICE_MS = 10
const POLL_MS = 25

export async function startIngest(peer: string) {
  const wire = WIRES[peer]
  if (!wire) throw new TypeError(`no decoder for ${peer}`)
  let fault: Fault = { mode: 'ok' }
  const received: Received[] = []
  let decoded = 0
  const ids = new Map<string, { count: number; firstAt: number }>()
  const counts = { requests: 0, refused: 0, preflights: 0, bodyBytes: 0 }
  let lastAt = 0
  let firstAt = 0
  const sockets = new Set<Socket>()
  let closedBytes = 0
  const held = new Set<() => void>()

  const server = createServer((req, res) => {
    const cors: Record<string, string> = {
      'Access-Control-Allow-Origin': req.headers.origin ?? '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': 'Retry-After',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      Vary: 'Origin',
    }
    if (req.method === 'OPTIONS') {
      if (fault.mode === 'down') return cut(req.socket)
      counts.preflights += 1
      res.writeHead(204, {
        ...cors,
        'Access-Control-Allow-Methods': 'GET, POST, PUT',
        'Access-Control-Allow-Headers': req.headers['access-control-request-headers'] ?? '*',
        // As generous as browsers allow: no peer is to pay for its headers here.
        'Access-Control-Max-Age': '7200',
      })
      return res.end()
    }
    const chunks: Buffer[] = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      if (req.method === 'GET') {
        if (fault.mode === 'down') return cut(req.socket)
        return res.writeHead(200, { ...cors, 'Content-Type': 'application/json' }).end('{}')
      }
      const mode = takeFault()
      if (mode === 'ok' || mode === 'lost') {
        const at = Date.now()
        firstAt ||= at
        lastAt = at
        const body = Buffer.concat(chunks)
        counts.requests += 1
        counts.bodyBytes += body.length
        received.push({ path: req.url ?? '', headers: req.headers, body, at })
      } else counts.refused += 1
      if (mode === 'lost' || mode === 'down') return cut(req.socket)
      if (mode === '503') return res.writeHead(503, cors).end('unavailable')
      if (mode === '429') return res.writeHead(429, { ...cors, 'Retry-After': RETRY_AFTER_S }).end('{}')
      if (mode === 'hang') {
        // Whatever ends the fault cuts it off, as a gateway would.
        held.add(() => cut(req.socket))
        return
      }
      res.writeHead(200, { ...cors, 'Content-Type': 'application/json' }).end(wire.answer ?? 'ok')
    })
  })
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => {
      closedBytes += socket.bytesRead
      sockets.delete(socket)
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = server.address() as AddressInfo

  function takeFault() {
    const { mode, count } = fault
    if (count !== undefined) fault = count > 1 ? { mode, count: count - 1 } : { mode: 'ok' }
    return mode
  }

  async function decode() {
    let sliceEnd = performance.now() + DECODE_SLICE_MS
    while (decoded < received.length) {
      const request = received[decoded++] as Received
      for (const id of idsOf(wire as Wire, request)) {
        const known = ids.get(id)
        if (known) known.count += 1
        else ids.set(id, { count: 1, firstAt: request.at })
      }
      if (performance.now() < sliceEnd) continue
      await new Promise((resolve) => setImmediate(resolve))
      sliceEnd = performance.now() + DECODE_SLICE_MS
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,

    fault(next: Fault) {
      fault = next
      for (const end of held) end()
      held.clear()
    },

    /** What arrived since the last `reset`. */
    async account() {
      await decode()
      const copies = [...ids.values()].reduce((sum, { count }) => sum + count, 0)
      let wireBytes = closedBytes
      for (const socket of sockets) wireBytes += socket.bytesRead
      return { ...counts, wireBytes, events: ids.size, duplicates: copies - ids.size, firstAt, lastAt }
    },

    /**
     * Waits until so many different events have arrived.
     *
     * @returns whether they have
     */
    async arrived(count: number, patienceMs: number): Promise<boolean> {
      const end = Date.now() + patienceMs
      for (;;) {
        await decode()
        if (ids.size >= count) return true
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

    /** The id and the time of the last event that is new. */
    lastNewAt: () => [...ids.values()].reduce((latest, { firstAt: at }) => Math.max(latest, at), 0),

    /** The bodies as they came, for others to send again. */
    bodies: () => received.map(({ body }) => body),

    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Ingest = Awaited<ReturnType<typeof startIngest>>
