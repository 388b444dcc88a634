/** Where requests of a relay go: a server that takes any, and that can cut, hold, or lose the answer of what it took. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../support/listen'
import type { SeenRequest } from './account'
import type { Mode } from './front'

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'POST',
  'Access-Control-Allow-Headers': 'content-type, idempotency-key',
}

export interface SeenBody extends SeenRequest {
  /** As it came. */
  text: string
}

export async function startRequestHost() {
  let seen: SeenBody[] = []
  let mode: Mode = 'pass'
  const held = new Set<() => void>()
  const server = createServer((req, res) => void serve(req, res))
  const { origin: url } = await listen(server)

  async function serve(req: IncomingMessage, res: ServerResponse) {
    const arrived = Date.now()
    if (mode === 'hold') await new Promise((resolve) => held.add(() => resolve(undefined)))
    if (mode === 'cut') return req.destroy()
    if (req.method === 'OPTIONS') return res.writeHead(204, CORS).end()
    const chunks: Buffer[] = []
    try {
      for await (const chunk of req) chunks.push(chunk as Buffer)
    } catch {
      return // What did not come in whole was not received.
    }
    const text = Buffer.concat(chunks).toString('utf8')
    const id = String(req.headers['idempotency-key'])
    const record: SeenBody = { arrived, uuids: [id], beacon: false, status: 200, answered: false, text }
    seen.push(record)
    if (mode === 'lose') return req.destroy()
    res.once('finish', () => {
      record.answered = true
    })
    return res.writeHead(200, CORS).end()
  }

  return {
    url,
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
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
