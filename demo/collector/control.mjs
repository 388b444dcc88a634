// @ts-check
import { parseJson, readBody } from './body.mjs'
import { parseFault } from './faults.mjs'
import { areFlags } from './flags.mjs'
import { controlCorsHeaders, controlFault } from './guard.mjs'
import { respond } from './respond.mjs'

/** @typedef {import('./v1-errors.mjs').Reply} Reply */
/**
 * @typedef {object} Controlled
 * @property {import('./ingest.mjs').Ports['store']} store
 * @property {import('./ingest.mjs').Ports['faults']} faults
 * @property {import('./ingest.mjs').Ports['stream']} stream
 * @property {() => import('./flags.mjs').Flags} flags
 * @property {(flags: import('./flags.mjs').Flags) => void} setFlags
 * @property {() => Promise<object>} stats
 * @property {() => Promise<void>} reset
 */

export const CONTROL_PREFIX = '/_control/'

const MAX_BODY_BYTES = 64 * 1024

/**
 * @param {Controlled} controlled
 */
export function createControl(controlled) {
  const { store, faults, stream } = controlled

  /** @type {Record<string, (query: URLSearchParams, body: unknown) => Reply | Promise<Reply>>} */
  const routes = {
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

  /**
   * @param {import('node:http').IncomingMessage} req
   * @param {import('node:http').ServerResponse} res
   * @param {URL} url
   */
  return async function control(req, res, url) {
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

/** @param {URLSearchParams} query */
function pageOf(query) {
  /** @type {{ after?: number, limit?: number }} */
  const page = {}
  for (const name of /** @type {const} */ (['after', 'limit'])) {
    const text = query.get(name)
    if (text === null) continue
    if (!/^\d{1,15}$/.test(text)) return undefined
    page[name] = Number(text)
  }
  return page
}

/** @param {unknown} body */
const ok = (body) => ({ status: 200, body })
/** @param {string} error */
const bad = (error) => ({ status: 400, body: { error } })
