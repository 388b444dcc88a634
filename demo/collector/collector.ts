import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CONTROL_PREFIX, createControl } from './control'
import { openDatabase } from './database'
import { createFaults, type Fault, parseFault } from './faults'
import type { Flags } from './flags'
import { createIngest, wireOf } from './ingest'
import { createStore, type Page } from './store'
import { createStream } from './stream'

interface CollectorOptions {
  /** PGlite's directory; in memory without one. One process at a time. */
  dataDir?: string | undefined
  /** A PostgreSQL server instead of PGlite. */
  databaseUrl?: string | undefined
  /** Let cross-origin pages read Retry-After, as the real service does not. */
  exposeHeaders?: boolean
  now?: () => number
  /** Time between heartbeats of the live stream. */
  heartbeatMs?: number | undefined
  report?: (message: string, error: unknown) => void
}

/** The collector as a part of another server. */
export async function createCollector(options: CollectorOptions = {}) {
  const { dataDir, databaseUrl = process.env.DATABASE_URL, exposeHeaders = false, now = Date.now } = options
  const { report = (message, error) => console.error(`collector: ${message}`, error), heartbeatMs } = options
  const store = await createStore(await openDatabase({ dataDir, databaseUrl }, report))
  const stream = createStream({ heartbeatMs })
  const faults = createFaults((fault) => stream.publish({ type: 'fault', fault }))
  const closing = new AbortController()
  const inFlight = new Map<IncomingMessage, Promise<unknown>>()
  let flagValues: Flags = {}
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
  const setFlags = (values: Flags) => {
    flagValues = values
  }
  const control = createControl({ store, faults, stream, flags, setFlags, stats, reset })

  const watch = (req: IncomingMessage, res: ServerResponse, work: Promise<unknown>) => {
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
    /** @returns whether the request was the collector's */
    handle(req: IncomingMessage, res: ServerResponse): boolean {
      const url = parseUrl(req.url ?? '')
      const wire = url && wireOf(url.pathname)
      if (!url || (!wire && !url.pathname.startsWith(CONTROL_PREFIX))) return false
      if (closing.signal.aborted) req.socket.destroy()
      else if (wire) watch(req, res, ingestion.ingest(req, res, wire, url))
      else watch(req, res, control(req, res, url))
      return true
    },
    /**
     * @param next sets it
     * @returns the fault in force
     */
    fault(next?: Fault): Fault {
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
    events: (page: Page = {}) => store.events(page),
    requests: (page: Page = {}) => store.requests(page),
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

interface ServerOptions {
  /** Default 0: a port that is free. */
  port?: number | undefined
  host?: string | undefined
  /** For what is not the collector's. */
  handler?: ((req: IncomingMessage, res: ServerResponse) => void) | undefined
}

/** A server in front of a collector. Its end cuts what is open, and leaves the collector as it is. */
export async function serveCollector(
  collector: Awaited<ReturnType<typeof createCollector>>,
  { port = 0, host = '127.0.0.1', handler = notFound }: ServerOptions = {},
) {
  const server = createServer((req, res) => {
    if (!collector.handle(req, res)) handler(req, res)
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(undefined))
  })
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    ...collector,
    url: `http://${name}:${address.port}`,
    port: address.port,
    server,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** A collector and its server, which end together. */
export async function startCollector({ port, host, handler, ...options }: CollectorOptions & ServerOptions = {}) {
  const collector = await createCollector(options)
  try {
    const served = await serveCollector(collector, { port, host, handler })
    return {
      ...served,
      async close() {
        // The collector ends first: it lets what is being stored be committed.
        const closed = new Promise((resolve) => served.server.close(resolve))
        await collector.close()
        served.server.closeAllConnections()
        await closed
      },
    }
  } catch (error) {
    await collector.close()
    throw error
  }
}

function notFound(_req: IncomingMessage, res: ServerResponse) {
  res.writeHead(404).end()
}

function parseUrl(path: string) {
  const url = `http://collector${path}`
  return path.startsWith('/') && URL.canParse(url) ? new URL(url) : undefined
}
