// @ts-check
/** A site that uses the built library, as a visitor's browser sees it. */

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { root } from '../scripts/paths.mjs'

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
})

/** URL prefix to folder: the library's files lie where a site would put them. */
const FOLDERS = /** @type {[prefix: string, folder: string][]} */ ([
  ['/__outlast/', 'dist/site/'],
  ['/outlast/', 'dist/'],
  ['/posthog-js/', 'node_modules/posthog-js/dist/'],
  ['/', 'e2e/pages/'],
])

/**
 * Answers a request itself, and says so.
 *
 * @typedef {(req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse) => Promise<boolean>} Take
 */

/**
 * @typedef {object} Site
 * @property {string} url without a slash at its end
 * @property {(path: string, answer: { status: number, headers?: Record<string, string>, body?: string } | undefined) => void} answer
 *   answers a path with this instead of its file, or with its file again
 * @property {() => Promise<void>} close
 */

/**
 * @param {object} [options]
 * @param {number} [options.port]
 * @param {Record<string, string>} [options.headers] sent with every answer
 * @param {[prefix: string, folder: string][]} [options.folders] of the project; the first whose prefix fits
 * @param {Take} [options.take] asked first; may also just take its time
 * @returns {Promise<Site>}
 */
export async function startSite({ port = 0, headers = {}, folders = FOLDERS, take = async () => false } = {}) {
  /** @type {Map<string, { status: number, headers?: Record<string, string>, body?: string }>} */
  const answers = new Map()
  const server = createServer(async (req, res) => {
    if (await take(req, res)) return
    const { pathname } = new URL(req.url ?? '/', 'http://site')
    const given = answers.get(pathname)
    if (given) {
      res.writeHead(given.status, { ...headers, ...given.headers }).end(given.body)
      return
    }
    const file = fileFor(pathname, folders)
    const body = file && (await readFile(file).catch(() => undefined))
    if (!file || !body) {
      res.writeHead(404, headers).end()
      return
    }
    res
      .writeHead(200, { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream', ...headers })
      .end(body)
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(undefined)))
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    url: `http://localhost:${address.port}`,
    answer(pathname, answer) {
      if (answer) answers.set(pathname, answer)
      else answers.delete(pathname)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * @param {string} pathname
 * @param {[prefix: string, folder: string][]} folders
 */
function fileFor(pathname, folders) {
  const found = folders.find(([prefix]) => pathname.startsWith(prefix))
  if (!found) return undefined
  const [prefix, folder] = found
  const rest = pathname.slice(prefix.length) || 'index.html'
  const base = path.join(root, folder)
  const file = path.join(base, rest)
  return file.startsWith(base) ? file : undefined
}
