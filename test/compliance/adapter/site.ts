/** The origin that SDKs run on: a page, the built library, and the gateway. Reachable from this machine alone. */

import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { browserScript } from '../../../scripts/browser-script'
import { root } from '../../../scripts/paths'
import { Problem } from '../../../scripts/problem'
import { createGateway } from './gateway'

export interface Site {
  url: string
  gateway: ReturnType<typeof createGateway>
  close: () => Promise<void>
}

const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

/** @param files by path */
export async function startSite(files: Map<string, { type: string; body: Buffer }> = new Map()): Promise<Site> {
  const gateway = createGateway()
  const server = createServer((req, res) => {
    if (gateway.handle(req, res)) return
    const file = req.method === 'GET' ? files.get(req.url ?? '') : undefined
    if (file) res.writeHead(200, { 'Content-Type': file.type, 'Content-Security-Policy': POLICY }).end(file.body)
    else res.writeHead(404).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = server.address() as AddressInfo
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

/** The page and the library as a site would serve them, read once: a build that runs meanwhile changes nothing. */
export async function pageFiles(): Promise<Map<string, { type: string; body: Buffer }>> {
  const here = path.join(root, 'test/compliance/adapter')
  const dist = path.join(root, 'dist')
  try {
    const modules = await modulesBelow(dist)
    const files = await Promise.all([
      load('/', path.join(here, 'page/index.html'), HTML),
      load('/boot.js', path.join(here, 'page/boot.js')),
      ['/driver.js', { type: SCRIPT, body: Buffer.from(await browserScript(path.join(here, 'driver.ts'))) }] as const,
      load('/__outlast/worker.js', path.join(dist, 'site/worker.js')),
      ...modules.map((name) => load(`/outlast/${name}`, path.join(dist, name))),
    ])
    return new Map(files)
  } catch (error) {
    throw new Problem(`The built library cannot be read (${String(error)}). Run "npm run build", then try again.`)
  }
}

/** The library's modules, without the files for sites that use no bundler. */
async function modulesBelow(dist: string) {
  const chunks = await readdir(path.join(dist, 'chunks'))
  return ['index.js', ...chunks.filter((name) => name.endsWith('.js')).map((name) => `chunks/${name}`)]
}

async function load(url: string, file: string, type = SCRIPT): Promise<[string, { type: string; body: Buffer }]> {
  return [url, { type, body: await readFile(file) }]
}
