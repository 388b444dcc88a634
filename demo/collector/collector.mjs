// @ts-check
import { createServer } from 'node:http'
import { CONTROL_PREFIX, createControl } from './control.mjs'
import { openDatabase } from './database.mjs'
import { createFaults, parseFault } from './faults.mjs'
import { createIngest, wireOf } from './ingest.mjs'
import { createStore } from './store.mjs'
import { createStream } from './stream.mjs'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */
/** @typedef {import('node:http').ServerResponse} ServerResponse */
/** @typedef {import('./faults.mjs').Fault} Fault */
/** @typedef {import('./store.mjs').Page} Page */
/**
 * @typedef {object} CollectorOptions
 * @property {string | undefined} [dataDir] PGlite's directory; in memory without one. One process at a time.
 * @property {string | undefined} [databaseUrl] a PostgreSQL server instead of PGlite
 * @property {boolean} [exposeHeaders] let cross-origin pages read Retry-After, as the real service does not
 * @property {() => number} [now]
 * @property {number | undefined} [heartbeatMs] of the live stream
 * @property {(message: string, error: unknown) => void} [report]
 */

/**
 * The collector as a part of another server.
 * @param {CollectorOptions} [options]
 */
export async function createCollector(options = {}) {
  const { dataDir, databaseUrl = process.env.DATABASE_URL, exposeHeaders = false, now = Date.now } = options
  const { report = (message, error) => console.error(`collector: ${message}`, error), heartbeatMs } = options
  const store = await createStore(await openDatabase({ dataDir, databaseUrl }, report))
  const stream = createStream({ heartbeatMs })
  const faults = createFaults((fault) => stream.publish({ type: 'fault', fault }))
  const closing = new AbortController()
  /** @type {Map<IncomingMessage, Promise<unknown>>} */
  const inFlight = new Map()
  /** @type {import('./flags.mjs').Flags} */
  let flagValues = {}
  const flags = () => flagValues

  const ingestion = createIngest({ store, faults, stream, now, flags, exposeHeaders, closing: closing.signal, report })
  const stats = async () => ({
    ...(await store.stats()),
    preflights: ingestion.preflights,
    held: faults.held,
    watchers: stream.size,
    database: store.kind,
  })
  const reset = async () => {
    faults.set({ mode: 'ok' })
    flagValues = {}
    ingestion.reset()
    await store.reset()
    stream.publish({ type: 'reset' })
  }
  const setFlags = (/** @type {import('./flags.mjs').Flags} */ values) => {
    flagValues = values
  }
  const control = createControl({ store, faults, stream, flags, setFlags, stats, reset })

  /**
   * @param {IncomingMessage} req
   * @param {ServerResponse} res
   * @param {Promise<unknown>} work
   */
  const watch = (req, res, work) => {
    const done = work
      .catch((error) => {
        report(`${req.method} ${req.url} failed`, error)
        if (res.headersSent) res.destroy()
        else res.writeHead(500).end()
      })
      .finally(() => inFlight.delete(req))
    inFlight.set(req, done)
  }

  return {
    /**
     * @param {IncomingMessage} req
     * @param {ServerResponse} res
     * @returns {boolean} whether the request was the collector's
     */
    handle(req, res) {
      const url = parseUrl(req.url ?? '')
      const wire = url && wireOf(url.pathname)
      if (!url || (!wire && !url.pathname.startsWith(CONTROL_PREFIX))) return false
      if (closing.signal.aborted) req.socket.destroy()
      else if (wire) watch(req, res, ingestion.ingest(req, res, wire, url))
      else watch(req, res, control(req, res, url))
      return true
    },
    /**
     * @param {Fault} [next] sets it
     * @returns {Fault} the fault in force
     */
    fault(next) {
      if (next) {
        const parsed = parseFault(next)
        if (!parsed.ok) throw new TypeError(parsed.reason)
        faults.set(parsed.fault)
      }
      return faults.get()
    },
    stats,
    reset,
    setFlags,
    uuids: () => store.uuids(),
    events: (/** @type {Page} */ page = {}) => store.events(page),
    requests: (/** @type {Page} */ page = {}) => store.requests(page),
    /** Cuts what is open, lets what is being stored be committed. */
    async close() {
      closing.abort()
      stream.close()
      for (const req of inFlight.keys()) req.socket.destroy()
      await Promise.all(inFlight.values())
      await store.close()
    },
  }
}

/**
 * The collector as a server of its own.
 * @param {CollectorOptions & { port?: number, host?: string | undefined, handler?: (req: IncomingMessage, res: ServerResponse) => void }} [options]
 *   handler: for what is not the collector's
 */
export async function startCollector({ port = 0, host = '127.0.0.1', handler = notFound, ...options } = {}) {
  const collector = await createCollector(options)
  const server = createServer((req, res) => {
    if (!collector.handle(req, res)) handler(req, res)
  })
  try {
    await new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => resolve(undefined))
    })
  } catch (error) {
    await collector.close()
    throw error
  }
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    ...collector,
    url: `http://${name}:${address.port}`,
    port: address.port,
    server,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      await collector.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/**
 * @param {IncomingMessage} _req
 * @param {ServerResponse} res
 */
function notFound(_req, res) {
  res.writeHead(404).end()
}

/** @param {string} path */
function parseUrl(path) {
  const url = `http://collector${path}`
  return path.startsWith('/') && URL.canParse(url) ? new URL(url) : undefined
}
