/** A server that takes requests of any kind, and answers as a test says. */

import { createServer, type IncomingHttpHeaders } from 'node:http'
import { listen } from '../test/support/listen'

export interface Taken {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
  at: number
}

export interface Ingest {
  url: string
  /** Requests in order of arrival, without preflights. */
  taken: Taken[]
  /** The status, and headers, of the answer to a request; nothing for one that is cut off, `hang` for one that gets none. */
  answer: (taken: Taken) => { status: number; headers?: Record<string, string> } | 'hang' | undefined
  close(): Promise<void>
}

/** Allows what a page of another origin may send, with cookies too. */
const corsOf = (origin = '*') => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'content-type, content-encoding, idempotency-key, x-key, authorization, sp-anonymous',
  'Access-Control-Expose-Headers': 'Retry-After',
})

export async function startIngest(): Promise<Ingest> {
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const cors = corsOf(req.headers.origin)
    if (req.method === 'OPTIONS') return res.writeHead(204, cors).end()
    const { method = '', url = '', headers } = req
    const taken = { method, path: url, headers, body: Buffer.concat(chunks), at: Date.now() }
    ingest.taken.push(taken)
    const answer = ingest.answer(taken)
    if (!answer) return res.destroy()
    if (answer === 'hang') return res
    return res.writeHead(answer.status, { ...cors, ...answer.headers }).end()
  })
  const { origin } = await listen(server)
  const ingest: Ingest = {
    url: origin,
    taken: [],
    answer: () => ({ status: 200 }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return ingest
}
