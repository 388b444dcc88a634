/** The demo as one origin: the page, what a site serves for outlast, and the collector that the events go to. */

import { existsSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createCollector } from './collector/collector'
import { securityHeaders } from './server/headers'
import { type Folders, staticFiles } from './server/static-files'

const FOLDERS: Folders = [
  ['/__outlast/', fileURLToPath(new URL('../dist/site/', import.meta.url))],
  ['/', fileURLToPath(new URL('../dist-demo/', import.meta.url))],
]

export async function serve({
  port = 0,
  host = '127.0.0.1',
}: {
  /** 0 for any free port. */
  port?: number
  host?: string
} = {}): Promise<{ url: string; close: () => Promise<void> }> {
  for (const [, folder] of FOLDERS) {
    if (!existsSync(folder)) throw new Error(`${folder} is missing: "npm run build" makes it.`)
  }
  const collector = await createCollector()
  const files = staticFiles(FOLDERS, notFound)
  const server = createServer((req, res) => {
    for (const [name, value] of Object.entries(securityHeaders)) res.setHeader(name, value)
    if (collector.handle(req, res)) return
    if (req.method === 'GET' || req.method === 'HEAD') files(req, res)
    else res.writeHead(405, { Allow: 'GET, HEAD' }).end()
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
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${name}:${address.port}/`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      await collector.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function notFound(res: ServerResponse) {
  res.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found')
}
