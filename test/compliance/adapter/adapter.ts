/** The adapter's HTTP interface, as PostHog's SDK test harness calls it. */

import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { root } from '../../../scripts/paths'
import { Problem } from '../../../scripts/problem'
import { type Engine, featuresOf } from './engine'
import { type Answer, createSessions, refuse } from './sessions'

interface AdapterOptions {
  engine: Engine
  wire: 'v0' | 'v1'
  /** What compression means where a test turns it on. */
  encoding?: 'gzip' | 'deflate'
  port?: number
  host?: string
  /** After `/shutdown` was answered. */
  onShutdown?: () => void
}

/** Far more than any event of the harness. */
const MAX_BODY_BYTES = 10_000_000

/** A test's id goes out as a header. */
const TEST_ID = /^[\w.:-]{1,200}$/

export async function startAdapter({
  engine,
  wire,
  encoding = 'gzip',
  port = 0,
  host = '127.0.0.1',
  onShutdown,
}: AdapterOptions) {
  const features = await featuresOf(engine)
  if (!features.ok) throw new Problem(`The adapter cannot run an SDK: ${features.reason}`)
  const sessions = createSessions({ engine, wire, encoding })
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const health = {
    sdk_name: name,
    sdk_version: version,
    adapter_version: version,
    supports_parallel: true,
    capabilities: capabilitiesOf(wire, encoding, features),
  }

  const routes: Record<string, (testId: string | undefined, body: unknown) => Promise<Answer>> = {
    'GET /health': async () => ({ status: 200, body: health }),
    'POST /init': sessions.init,
    'POST /capture': sessions.capture,
    'POST /capture_ai': sessions.captureAi,
    'POST /flush': sessions.flush,
    'GET /state': sessions.state,
    'POST /get_feature_flag': sessions.getFeatureFlag,
    'POST /reset': sessions.reset,
    'POST /shutdown': async () => ({ status: 200, body: { success: true } }),
  }

  async function answer(req: IncomingMessage) {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://adapter')
    const route = routes[`${req.method} ${pathname}`]
    if (!route) return refuse(404, `there is no ${req.method} ${pathname}`)
    // The harness is no web page, and no web page has anything to ask here.
    if (req.headers.origin !== undefined) return refuse(403, 'not for web pages')
    const testId = searchParams.get('test_id') ?? undefined
    if (testId !== undefined && !TEST_ID.test(testId)) return refuse(400, 'test_id cannot be sent as a header')
    const text = await textOf(req)
    if (text === undefined) return refuse(413, `a body may have ${MAX_BODY_BYTES} bytes`)
    const body = parse(text)
    return body.ok ? route(testId, body.value) : refuse(400, 'the body is not JSON')
  }

  const server = createServer((req, res) => {
    answer(req)
      .catch((error) => refuse(500, String(error)))
      .then(({ status, body }) => {
        res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
        if (req.url?.startsWith('/shutdown') && status === 200) onShutdown?.()
      })
  })
  await new Promise((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      reject(new Problem(`Port ${port} of ${host} cannot be used (${code}).`))
    })
    server.listen(port, host, () => resolve(undefined))
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://${host}:${address.port}`,
    health,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await sessions.close()
    },
  }
}

/** Only what this adapter does: the harness runs the tests of what is listed, and no others. */
function capabilitiesOf(wire: 'v0' | 'v1', encoding: string, { captureAi }: Record<string, unknown>) {
  // v0 knows gzip alone, and events for the AI endpoint have the v0 form.
  if (wire === 'v0') return ['capture_v0', 'encoding_gzip', ...(captureAi ? ['capture_ai_v0'] : [])]
  return ['capture_v1', `encoding_${encoding}`]
}

async function textOf(req: IncomingMessage): Promise<string | undefined> {
  const chunks = []
  let length = 0
  for await (const chunk of req) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: text === '' ? undefined : JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}
