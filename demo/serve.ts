/** The demo as one origin: the page, what a site serves for outlast, and the collector that the events go to. */

import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createCollector } from './collector/collector'
import { securityHeaders } from './server/headers'
import { sendFile } from './server/static-files'

/** URL prefix to folder; the first that fits is taken. */
const FOLDERS: [prefix: string, folder: string][] = [
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
  const server = createServer((req, res) => {
    for (const [name, value] of Object.entries(securityHeaders)) res.setHeader(name, value)
    if (!collector.handle(req, res)) void sendFile(req, res, FOLDERS)
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
