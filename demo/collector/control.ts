import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseJson, readBody } from './body'
import { parseFault } from './faults'
import { areFlags, type Flags } from './flags'
import { controlCorsHeaders, controlFault } from './guard'
import type { Ports } from './ingest'
import { respond } from './respond'
import type { Store } from './store'
import type { Reply } from './v1-errors'

interface Controlled {
  store: Store
  faults: Ports['faults']
  stream: Ports['stream']
  flags: () => Flags
  setFlags: (flags: Flags) => void
  stats: () => Promise<object>
  reset: () => Promise<void>
}

export const CONTROL_PREFIX = '/_control/'

const MAX_BODY_BYTES = 64 * 1024

export function createControl(controlled: Controlled) {
  const { store, faults, stream } = controlled

  const routes: Record<string, (query: URLSearchParams, body: unknown) => Reply | Promise<Reply>> = {
    'GET fault': () => ok(faults.get()),
    'POST fault': (_, body) => {
      const parsed = parseFault(body)
      if (!parsed.ok) return bad(parsed.reason)
      faults.set(parsed.fault)
      return ok(parsed.fault)
    },
    'GET flags': () => ok(controlled.flags()),
    'POST flags': (_, body) => {
      if (!areFlags(body)) return bad('flags are true, false or the name of a variant')
      controlled.setFlags(body)
      return ok(body)
    },
    'GET events': async (query) => {
      const page = pageOf(query)
      return page ? ok({ events: await store.events(page) }) : bad('after and limit are whole numbers')
    },
    'GET requests': async (query) => {
      const page = pageOf(query)
      return page ? ok({ requests: await store.requests(page) }) : bad('after and limit are whole numbers')
    },
    'GET uuids': async () => ok(await store.uuids()),
    'GET stats': async () => ok(await controlled.stats()),
    'POST reset': async () => {
      await controlled.reset()
      return ok(await controlled.stats())
    },
  }

  return async function control(req: IncomingMessage, res: ServerResponse, url: URL) {
    const refused = controlFault(req.headers)
    if (refused) return respond(req, res, { status: 403, body: { error: refused } }, { Vary: 'Origin' })
    const cors = { ...controlCorsHeaders(req.headers), 'Cache-Control': 'no-store' }
    const name = url.pathname.slice(CONTROL_PREFIX.length)
    if (req.method === 'OPTIONS') return respond(req, res, { status: 204 }, cors)
    if (req.method === 'GET' && name === 'stream') {
      return stream.attach(res, cors, { type: 'fault', fault: faults.get(), held: faults.held })
    }
    const route = routes[`${req.method} ${name}`]
    if (!route) return respond(req, res, { status: 404, body: { error: `no ${req.method} ${url.pathname}` } }, cors)
    const body = await readBody(req, MAX_BODY_BYTES)
    if (!body.ok) return respond(req, res, { status: 413, body: { error: body.reason } }, cors)
    const parsed = body.bytes.length > 0 ? parseJson(body.bytes) : { ok: true, value: undefined }
    const reply = 'value' in parsed ? await route(url.searchParams, parsed.value) : bad('the body is not JSON')
    return respond(req, res, reply, cors)
  }
}

function pageOf(query: URLSearchParams) {
  const page: { after?: number; limit?: number } = {}
  for (const name of ['after', 'limit'] as const) {
    const text = query.get(name)
    if (text === null) continue
    if (!/^\d{1,15}$/.test(text)) return undefined
    page[name] = Number(text)
  }
  return page
}

const ok = (body: unknown) => ({ status: 200, body })
const bad = (error: string) => ({ status: 400, body: { error } })
