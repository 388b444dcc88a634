// @ts-check
/** The mock ingestion server: records what arrives and answers as it was told. */

import { createServer } from 'node:http'
import { eventsIn, readBody } from '../read-body.mjs'
import { control } from './control.mjs'
import { createPartitions } from './partitions.mjs'
import { respond } from './respond.mjs'
import { route } from './routes.mjs'

/**
 * @typedef {object} Mock
 * @property {string} url without a slash at its end
 * @property {(testId?: string) => import('./partitions.mjs').Partition} of
 * @property {(testId?: string) => void} reset
 * @property {() => Promise<void>} close
 */

/** The one encoding that it decodes. A body in another one is recorded, and has no events. */
const UNDERSTOOD = ['gzip']

/**
 * @param {{ port?: number, host?: string }} [options]
 * @returns {Promise<Mock>}
 */
export async function startMock({ port = 0, host = '127.0.0.1' } = {}) {
  const partitions = createPartitions()
  const server = createServer((req, res) => {
    answer(partitions, req, res).catch((error) => res.destroy(error))
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(undefined))
  })
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    url: `http://${host}:${address.port}`,
    of: partitions.of,
    reset: partitions.reset,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * @param {ReturnType<typeof createPartitions>} partitions
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 */
async function answer(partitions, req, res) {
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

/**
 * @param {import('node:http').IncomingMessage} req
 * @returns {Promise<Buffer>}
 */
async function bytesOf(req) {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks)
}
