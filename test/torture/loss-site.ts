/**
 * A site under as many names as there are kills, each an origin of its own with nothing stored, and the endpoint that
 * its events go to, which is down until the kill: a delivered event would have outlasted nothing.
 */

import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { startSite } from '../../e2e/site'
import { root } from '../../scripts/paths'
import { eventsIn } from '../compliance/read-body'
import type { Row } from './loss-rows'
import type { Captured } from './loss-window'

/** How long each file of the library takes where files are slow, in ms. */
const SLOW_MS = 500

const LIBRARY = /^\/(__)?outlast\//
const WORKER_FILE = '/__outlast/worker.js'

export interface Origin {
  /** Without a slash at its end. */
  url: string
  files: Row['files']
  /** Whether the origin's endpoint takes events. */
  up: boolean
  arrived: Captured[]
}

export type LossSite = Awaited<ReturnType<typeof startLossSite>>

/** @param dist the built library */
export async function startLossSite(dist: string) {
  const origins = new Map<string, Origin>()
  const built = `${path.relative(root, dist)}/`
  const site = await startSite({
    folders: [
      ['/__outlast/', `${built}site/`],
      ['/outlast/', built],
      ['/', 'test/torture/page/'],
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
     * @param files until they are wanted otherwise
     */
    newOrigin(files: Origin['files'] = 'at once'): Origin {
      const host = `k${origins.size}.localhost:${port}`
      const origin = { url: `http://${host}`, files, up: false, arrived: [] }
      origins.set(host, origin)
      return origin
    },
    close: site.close,
  }
}

/** @returns nothing for one that was cut by the kill */
async function bodyOf(req: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  try {
    for await (const part of req) parts.push(part)
  } catch {
    return undefined // What did not come in whole was not received.
  }
  return Buffer.concat(parts)
}

function capturesIn(body: Buffer): Captured[] {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b
  return eventsIn(JSON.parse((isGzip ? gunzipSync(body) : body).toString('utf8')))
    .filter(({ event }) => event === 'loss')
    .map(({ properties }) => ({ index: Number(properties.index), at: Number(properties.at) }))
}
