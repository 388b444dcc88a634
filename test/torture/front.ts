/**
 * Stands in front of the collector on an address that stays, sees every request, and can refuse, cut, hold, or lose
 * the answer of what was accepted.
 */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { cut } from '../../demo/collector/cut'
import { eventsIn } from '../compliance/read-body'
import { listen } from '../support/listen'
import type { SeenRequest } from './account'

/**
 * - `pass`: as if it were not there
 * - `cut`: the connection ends while the request comes in; the collector sees nothing of it
 * - `lose`: the collector takes the request, and the connection ends instead of its answer
 * - `hold`: requests wait here until another mode is set, and go on by it
 */
export type Mode = 'pass' | 'cut' | 'lose' | 'hold'

/** @param upstream the collector's URL as it is now */
export async function startFront(upstream: () => string) {
  let seen: SeenRequest[] = []
  let mode: Mode = 'pass'
  const held = new Set<() => void>()
  const server = createServer((req, res) => void serve(req, res))
  const { port, origin } = await listen(server)

  async function serve(req: IncomingMessage, res: ServerResponse) {
    const arrived = Date.now()
    if (mode === 'hold') await new Promise((resolve) => held.add(() => resolve(undefined)))
    if (mode === 'cut') return cut(req.socket)
    const body = await bodyOf(req)
    if (!body) return
    const record: SeenRequest | undefined =
      req.method === 'POST' ? { arrived, ...contentsOf(req, body), status: undefined, answered: false } : undefined
    if (record) seen.push(record)
    const answer = await forward(upstream(), req, body).catch(() => undefined)
    if (record) record.status = answer?.status
    if (!answer || mode === 'lose') return cut(req.socket)
    res.once('finish', () => {
      if (record) record.answered = true
    })
    res.writeHead(answer.status, answer.headers).end(answer.body)
  }

  return {
    url: origin,
    seen: () => seen,
    forget() {
      seen = []
    },
    set(next: Mode) {
      mode = next
      if (next === 'hold') return
      for (const release of held) release()
      held.clear()
    },
    /** Nothing listens on the address any more, and what was open is cut. */
    async shut() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
    async reopen() {
      await listen(server, port)
    },
  }
}

/** @returns nothing for one whose client left in the middle of it */
async function bodyOf(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of req) chunks.push(chunk)
  } catch {
    return undefined // What did not come in whole was not received.
  }
  return Buffer.concat(chunks)
}

function contentsOf(req: IncomingMessage, body: Buffer) {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b
  const events = eventsIn(JSON.parse((isGzip ? gunzipSync(body) : body).toString('utf8')))
  return {
    uuids: events.map(({ uuid }) => String(uuid)),
    beacon: new URL(req.url ?? '', 'http://front').searchParams.get('beacon') === '1',
  }
}

function forward(
  upstream: string,
  req: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const { method, headers, url } = req
    // A connection each: one that is kept would die with the collector and be blamed on the next request.
    const ahead = request(`${upstream}${url}`, { method, headers, agent: false }, async (res) => {
      const answer = await bodyOf(res)
      const { 'transfer-encoding': _, connection: __, 'keep-alive': ___, ...rest } = res.headers
      if (answer) resolve({ status: res.statusCode ?? 0, headers: rest, body: answer })
      else reject(new Error('the collector ended in the middle of its answer'))
    })
    ahead.once('error', reject)
    ahead.end(body)
  })
}
