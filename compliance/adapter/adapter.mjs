// @ts-check
/** The adapter's HTTP interface, as PostHog's SDK test harness calls it. */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { root } from '../../scripts/paths.mjs'
import { Problem } from '../../scripts/problem.mjs'
import { featuresOf } from './engine.mjs'
import { createSessions, refuse } from './sessions.mjs'

/**
 * @typedef {object} AdapterOptions
 * @property {import('./engine.mjs').Engine} engine
 * @property {'v0' | 'v1'} wire
 * @property {'gzip' | 'deflate'} [encoding] what compression means where a test turns it on
 * @property {number} [port]
 * @property {string} [host]
 * @property {() => void} [onShutdown] after `/shutdown` was answered
 */

/** Far more than any event of the harness. */
const MAX_BODY_BYTES = 10_000_000

/** A test's id goes out as a header. */
const TEST_ID = /^[\w.:-]{1,200}$/

/** @param {AdapterOptions} options */
export async function startAdapter({ engine, wire, encoding = 'gzip', port = 0, host = '127.0.0.1', onShutdown }) {
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

  /** @type {Record<string, (testId: string | undefined, body: unknown) => Promise<import('./sessions.mjs').Answer>>} */
  const routes = {
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

  /** @param {import('node:http').IncomingMessage} req */
  async function answer(req) {
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
    server.once('error', (/** @type {NodeJS.ErrnoException} */ { code }) => {
      reject(new Problem(`Port ${port} of ${host} cannot be used (${code}).`))
    })
    server.listen(port, host, () => resolve(undefined))
  })
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
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

/**
 * Only what this adapter does: the harness runs the tests of what is listed, and no others.
 *
 * @param {'v0' | 'v1'} wire
 * @param {string} encoding
 * @param {Record<string, any>} features
 */
function capabilitiesOf(wire, encoding, { captureAi }) {
  // v0 knows gzip alone, and events for the AI endpoint have the v0 form.
  if (wire === 'v0') return ['capture_v0', 'encoding_gzip', ...(captureAi ? ['capture_ai_v0'] : [])]
  return ['capture_v1', `encoding_${encoding}`]
}

/**
 * @param {import('node:http').IncomingMessage} req
 * @returns {Promise<string | undefined>}
 */
async function textOf(req) {
  const chunks = []
  let length = 0
  for await (const chunk of req) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * @param {string} text
 * @returns {{ ok: true, value: unknown } | { ok: false }}
 */
function parse(text) {
  try {
    return { ok: true, value: text === '' ? undefined : JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}
