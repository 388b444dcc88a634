/** The origin that SDKs run on: a page, the built library, and the gateway. Reachable from this machine alone. */

import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { staticFiles } from '../../../demo/server/static-files'
import { browserScript } from '../../../scripts/browsers/browser-script'
import { root } from '../../../scripts/paths'
import { Problem } from '../../../scripts/problem'
import { listen } from '../../support/listen'
import { createGateway } from './gateway'

export interface Site {
  url: string
  gateway: ReturnType<typeof createGateway>
  close: () => Promise<void>
}

type Serve = (req: IncomingMessage, res: ServerResponse) => void

/** @param serve answers what is not for the gateway */
export async function startSite(serve: Serve = (_, res) => res.writeHead(404).end()): Promise<Site> {
  const gateway = createGateway()
  const server = createServer((req, res) => {
    if (!gateway.handle(req, res)) serve(req, res)
  })
  const { port } = await listen(server)
  return {
    url: `http://localhost:${port}`,
    gateway,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const SCRIPT = 'text/javascript; charset=utf-8'

/** Nothing in the page can go around the gateway. */
const POLICY = "default-src 'self'; img-src data:"

/** The page and the library, as a site would serve them. */
export async function pageFiles(): Promise<Serve> {
  const dist = path.join(root, 'dist')
  for (const file of ['index.js', 'site/worker.js']) {
    if (!existsSync(path.join(dist, file)))
      throw new Problem(`${dist} has no ${file}. Run "npm run build", then try again.`)
  }
  const driver = await browserScript(fileURLToPath(new URL('driver.ts', import.meta.url)))
  const files = staticFiles([
    ['/__outlast/', path.join(dist, 'site')],
    ['/outlast/', dist],
    ['/', fileURLToPath(new URL('page', import.meta.url))],
  ])
  return (req, res) => {
    res.setHeader('Content-Security-Policy', POLICY)
    if (req.url === '/driver.js') res.writeHead(200, { 'Content-Type': SCRIPT }).end(driver)
    else files(req, res)
  }
}
