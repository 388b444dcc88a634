// @ts-check
/** The origin that SDKs run on: a page, the built library, and the gateway. Reachable from this machine alone. */

import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { root } from '../../scripts/paths.mjs'
import { Problem } from '../../scripts/problem.mjs'
import { createGateway } from './gateway.mjs'

/** @typedef {{ url: string, gateway: ReturnType<typeof createGateway>, close: () => Promise<void> }} Site */

const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

/**
 * @param {Map<string, { type: string, body: Buffer }>} [files] by path
 * @returns {Promise<Site>}
 */
export async function startSite(files = new Map()) {
  const gateway = createGateway()
  const server = createServer((req, res) => {
    if (gateway.handle(req, res)) return
    const file = req.method === 'GET' ? files.get(req.url ?? '') : undefined
    if (file) res.writeHead(200, { 'Content-Type': file.type, 'Content-Security-Policy': POLICY }).end(file.body)
    else res.writeHead(404).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    url: `http://localhost:${port}`,
    gateway,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Nothing in the page can go around the gateway. */
const POLICY = "default-src 'self'; img-src data:"

/**
 * The page and the library as a site would serve them, read once: a build that runs meanwhile changes nothing.
 *
 * @returns {Promise<Map<string, { type: string, body: Buffer }>>}
 */
export async function pageFiles() {
  const here = path.join(root, 'compliance/adapter')
  const dist = path.join(root, 'dist')
  try {
    const modules = await modulesBelow(dist)
    const files = await Promise.all([
      load('/', path.join(here, 'page/index.html'), HTML),
      load('/boot.js', path.join(here, 'page/boot.js')),
      load('/driver.mjs', path.join(here, 'driver.mjs')),
      load('/__outlast/worker.js', path.join(dist, 'site/worker.js')),
      ...modules.map((name) => load(`/outlast/${name}`, path.join(dist, name))),
    ])
    return new Map(files)
  } catch (error) {
    throw new Problem(`The built library cannot be read (${String(error)}). Run "npm run build", then try again.`)
  }
}

/**
 * The library's modules, without the files for sites that use no bundler.
 *
 * @param {string} dist
 */
async function modulesBelow(dist) {
  const chunks = await readdir(path.join(dist, 'chunks'))
  return ['index.js', ...chunks.filter((name) => name.endsWith('.js')).map((name) => `chunks/${name}`)]
}

/**
 * @param {string} url
 * @param {string} file
 * @returns {Promise<[string, { type: string, body: Buffer }]>}
 */
async function load(url, file, type = SCRIPT) {
  return [url, { type, body: await readFile(file) }]
}
