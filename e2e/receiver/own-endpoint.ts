/**
 * A site's own endpoint for tests and replays: the reference receiver with its database, and before it a proxy that makes the
 * faults which networks and servers make.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { cut } from '../../demo/collector/cut'
import { createFaults, type Fault, parseFault } from '../../demo/collector/faults'
import { listen } from '../../test/support/listen'
import { startPostgres } from './postgres'
import { startReceiverProcess } from './process'

export interface Posted {
  path: string
  headers: Record<string, string | string[] | undefined>
  /** Unpacked. */
  body: string
  /** Of the answer; `undefined` where there was none. */
  status: number | undefined
}

interface Stored {
  uuid: string
  event: string
  distinct_id: string
  timestamp: Date
  properties: Record<string, unknown>
  sent_at: Date | null
  received_at: Date
}

interface Sent {
  uuid: string
  event: string
  distinctId: string
  timestamp: string
}

/** The receiver and its database. */
export async function startReceiver() {
  const database = await startPostgres()
  const process = await startReceiverProcess({ DATABASE_URL: database.url }).catch(async (error) => {
    await database.close()
    throw error
  })
  return {
    url: process.url,
    query: database.query,
    reset: async () => void (await database.query('delete from events')),
    async close() {
      await process.kill()
      await database.close()
      if (process.errors()) throw new Error(`the receiver complained: ${process.errors()}`)
    },
  }
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** The proxy before a receiver. Its end leaves the receiver as it is. */
export async function serveOwnEndpoint(receiver: Receiver) {
  const faults = createFaults(() => undefined)
  const posted: Posted[] = []
  /** How often each event was stored or known already, and what it was first. */
  const copies = new Map<string, { count: number; first: string }>()
  let altered = 0

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = req
    const gone = new AbortController()
    res.on('close', () => gone.abort())
    if (method !== 'POST') {
      if (faults.get().mode === 'down') return cut(req.socket)
      const { status, headers: said } = await fetch(receiver.url + url, { method })
      res.writeHead(status, Object.fromEntries(said)).end()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const sent = Buffer.concat(chunks)
    const body = String(headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent)
    const note: Posted = { path: url, headers, body, status: undefined }
    posted.push(note)
    let fault = faults.take()
    while (fault.mode === 'hang' && !gone.signal.aborted) {
      await faults.hold(fault, gone.signal)
      if (!gone.signal.aborted) fault = faults.take()
    }
    const events = eventsIn(body)
    const made = madeUp(fault, events, sent.length)
    // A held request whose client has gone counts as never received.
    if (fault.mode === 'down' || fault.mode === 'hang') return cut(req.socket)
    if (made) {
      note.status = made.status
      res.writeHead(made.status, { 'Access-Control-Allow-Origin': '*', ...made.headers }).end(made.body)
      return
    }
    const { kept, results } = part(fault, events)
    const forwarded = await fetch(receiver.url + url, {
      method: 'POST',
      headers: results.length > 0 ? {} : contentHeaders(headers),
      body: results.length > 0 ? JSON.stringify({ batch: kept }) : sent,
    })
    const said = await forwarded.text()
    if (forwarded.ok) for (const event of kept) noteCopy(event)
    if (fault.mode === 'lost') return cut(req.socket)
    note.status = forwarded.status
    const { 'transfer-encoding': _, connection: __, ...kind } = Object.fromEntries(forwarded.headers)
    const whole = forwarded.ok ? JSON.stringify({ results: [...JSON.parse(said).results, ...results] }) : said
    res.writeHead(forwarded.status, kind).end(whole)
  }

  function noteCopy({ uuid, event, distinctId, timestamp }: Sent): void {
    const text = JSON.stringify([event, distinctId, timestamp])
    const known = copies.get(uuid) ?? { count: 0, first: text }
    known.count += 1
    if (known.first !== text) altered += 1
    copies.set(uuid, known)
  }

  const server = createServer((req, res) => {
    answer(req, res).catch((error) => {
      // The client has gone in the middle of its request.
      if (!req.complete) return res.destroy()
      console.error('own endpoint:', error)
      res.writeHead(500).end()
      return undefined
    })
  })
  const { origin } = await listen(server)

  return {
    url: origin,
    posted,
    fault(next?: Fault): Fault {
      if (next) {
        const parsed = parseFault(next)
        if (!parsed.ok) throw new TypeError(parsed.reason)
        faults.set(parsed.fault)
      }
      return faults.get()
    },
    async stats() {
      const [{ events } = { events: 0 }] = await receiver.query<{ events: number }>(
        'select count(*)::int as events from events',
      )
      return { events, requests: posted.length, held: faults.held, altered }
    },
    /** The stored events, by uuid, with the number of copies that came. */
    async uuids(): Promise<Record<string, number>> {
      const rows = await receiver.query<{ uuid: string }>('select uuid from events')
      return Object.fromEntries(rows.map(({ uuid }) => [uuid, copies.get(uuid)?.count ?? 1]))
    },
    /** The stored events, in the order in which they came. */
    async events({ after = 0, limit = 1_000 }: { after?: number; limit?: number } = {}) {
      const rows = await receiver.query<Stored>(
        'select * from events order by received_at, timestamp, uuid offset $1 limit $2',
        [after, limit],
      )
      return rows.map((row, index) => ({ ...row, received_at: row.received_at.toISOString(), seq: after + index + 1 }))
    },
    async reset() {
      faults.set({ mode: 'ok' })
      posted.length = 0
      altered = 0
      copies.clear()
      await receiver.reset()
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type OwnEndpoint = Awaited<ReturnType<typeof serveOwnEndpoint>>

/** A receiver and the proxy before it, which end together. */
export async function startOwnEndpoint(): Promise<OwnEndpoint> {
  const receiver = await startReceiver()
  const own = await serveOwnEndpoint(receiver)
  return {
    ...own,
    async close() {
      await own.close()
      await receiver.close()
    },
  }
}

/** The events of a body; none of one that has another shape, which the receiver then answers itself. */
function eventsIn(body: string): Sent[] {
  try {
    const lines = body
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    return lines.flatMap((line) => line.batch ?? [line])
  } catch {
    return []
  }
}

const contentHeaders = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    ['content-type', 'content-encoding'].flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])),
  )

/** The answer that a fault makes in place of the receiver's, if it does. */
function madeUp({ mode, retryAfter, maxEvents = 0, maxBytes, event }: Fault, events: Sent[], bytes: number) {
  const retry: Record<string, string> = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }
  const headers = { ...retry, 'Access-Control-Expose-Headers': 'Retry-After' }
  if (mode === '503' || mode === '500' || mode === '429') return { status: Number(mode), headers, body: '' }
  if (mode === '413' && (events.length > maxEvents || bytes > (maxBytes ?? bytes)))
    return { status: 413, headers, body: '' }
  if (mode === '400' && (event === undefined || events.some((one) => one.event === event))) {
    return { status: 400, headers, body: 'no' }
  }
  if (mode === 'portal') return { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>Sign in</html>' }
  return undefined
}

/** What is left of a batch for the receiver where a fault gives verdicts by position, and these verdicts. */
function part({ mode, results = [] }: Fault, events: Sent[]) {
  if (mode !== 'partial') return { kept: events, results: [] }
  const judged = events.map(({ uuid }, index) => ({
    uuid,
    status: results[index] ?? 'ok',
    reason: 'as the test has it',
  }))
  return {
    kept: events.filter((_, index) => judged[index]?.status === 'ok'),
    results: judged.filter(({ status }) => status !== 'ok'),
  }
}
