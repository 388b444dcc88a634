// @ts-check
/**
 * A site under as many names as there are kills, each an origin of its own with nothing stored, and the endpoint that
 * its events go to, which is down until the kill: a delivered event would have outlasted nothing.
 */

import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { eventsIn } from '../compliance/read-body.mjs'
import { startSite } from '../e2e/site.mjs'
import { root } from '../scripts/paths.mjs'

/** How long each file of the library takes where files are slow, in ms. */
const SLOW_MS = 500

const LIBRARY = /^\/(__)?outlast\//
const WORKER_FILE = '/__outlast/worker.js'

/**
 * @typedef {object} Origin
 * @property {string} url without a slash at its end
 * @property {import('./loss-rows.mjs').Row['files']} files
 * @property {boolean} up whether its endpoint takes events
 * @property {import('./loss-window.mjs').Captured[]} arrived
 */

/** @typedef {Awaited<ReturnType<typeof startLossSite>>} LossSite */

/** @param {string} dist the built library */
export async function startLossSite(dist) {
  /** @type {Map<string, Origin>} */
  const origins = new Map()
  const built = `${path.relative(root, dist)}/`
  const site = await startSite({
    folders: [
      ['/__outlast/', `${built}site/`],
      ['/outlast/', built],
      ['/', 'torture/page/'],
    ],
    async take(req, res) {
      const origin = origins.get(req.headers.host ?? '')
      if (!origin) return false
      if (req.method === 'POST') {
        const body = await bodyOf(req)
        if (origin.up && body) origin.arrived.push(...capturesIn(body))
        res.writeHead(origin.up ? 200 : 503, { 'Content-Type': 'application/json' }).end('{}')
        return true
      }
      const { pathname } = new URL(req.url ?? '/', 'http://site')
      if (origin.files === 'no worker file' && pathname === WORKER_FILE) return true
      if (origin.files === 'slow' && LIBRARY.test(pathname)) await pause(SLOW_MS)
      return false
    },
  })
  const { port } = new URL(site.url)

  return {
    /**
     * Names below localhost are this machine and count as secure.
     *
     * @param {Origin['files']} [files] until they are wanted otherwise
     * @returns {Origin}
     */
    newOrigin(files = 'at once') {
      const host = `k${origins.size}.localhost:${port}`
      const origin = { url: `http://${host}`, files, up: false, arrived: [] }
      origins.set(host, origin)
      return origin
    },
    close: site.close,
  }
}

/**
 * @param {import('node:http').IncomingMessage} req
 * @returns {Promise<Buffer | undefined>} nothing for one that was cut by the kill
 */
async function bodyOf(req) {
  /** @type {Buffer[]} */
  const parts = []
  try {
    for await (const part of req) parts.push(part)
  } catch {
    return undefined // What did not come in whole was not received.
  }
  return Buffer.concat(parts)
}

/** @param {Buffer} body @returns {import('./loss-window.mjs').Captured[]} */
function capturesIn(body) {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b
  return eventsIn(JSON.parse((isGzip ? gunzipSync(body) : body).toString('utf8')))
    .filter(({ event }) => event === 'loss')
    .map(({ properties }) => ({ index: properties.index, at: properties.at }))
}
