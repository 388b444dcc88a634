/** The mock ingestion server: records what arrives and answers as it was told. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../../support/listen'
import { eventsIn, readBody } from '../read-body'
import { control } from './control'
import { createPartitions, type Partition } from './partitions'
import { respond } from './respond'
import { route } from './routes'

export interface Mock {
  /** Without a slash at its end. */
  url: string
  of: (testId?: string) => Partition
  reset: (testId?: string) => void
  close: () => Promise<void>
}

/** The one encoding that it decodes. A body in another one is recorded, and has no events. */
const UNDERSTOOD = ['gzip']

export async function startMock(): Promise<Mock> {
  const partitions = createPartitions()
  const server = createServer((req, res) => {
    answer(partitions, req, res).catch((error) => res.destroy(error))
  })
  const { origin } = await listen(server)
  return {
    url: origin,
    of: partitions.of,
    reset: partitions.reset,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(partitions: ReturnType<typeof createPartitions>, req: IncomingMessage, res: ServerResponse) {
  const arrivedAt = performance.now()
  const { method = 'GET', headers: raw } = req
  const { pathname: path, searchParams, search } = new URL(req.url ?? '/', 'http://mock')
  const body = await bytesOf(req)
  const headers = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, String(value)]))
  const testId = headers['x-test-id'] ?? searchParams.get('test_id') ?? undefined
  const json = readBody(body, headers['content-encoding'], UNDERSTOOD)
  if (path.startsWith('/_control/')) {
    const { status, body: told } = control(partitions, { method, path, testId, json })
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(told))
    return
  }
  const found = route(method, path)
  switch (found.kind) {
    case 'info':
      res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"ok"}')
      return
    case 'options':
      res.writeHead(200, { Allow: found.allow }).end()
      return
    case 'redirect':
      res.writeHead(308, { Location: `${found.to}${search}` }).end()
      return
    case 'refuse':
      res.writeHead(found.status).end()
      return
    case 'serve': {
      const partition = partitions.of(headers['x-test-id'])
      const query = Object.fromEntries(searchParams)
      const events = eventsIn(json)
      const answered = respond(found.endpoint, { headers, query, events }, partition.queue.shift())
      partition.record({ arrivedAt, method, path, query, headers, body, json, events, answer: answered })
      res.writeHead(answered.status, answered.headers).end(method === 'HEAD' ? undefined : answered.body)
    }
  }
}

async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks)
}
