/** The page under measurement: a peer's bundle, the built library, and headers that give clocks their resolution. */

import { createServer } from 'node:http'
import path from 'node:path'
import { staticFiles } from '../../demo/server/static-files'
import { listen } from '../../test/support/listen'
import { bundleFolder, libraryFolder } from '../bundle'

/** Cross-origin isolation: `performance.now` counts in 5 µs instead of 100. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** @param extra answers what is no file */
export async function startBenchSite(peer: string, extra: (pathname: string) => Buffer | undefined = () => undefined) {
  const files = staticFiles([
    ['/__outlast/', path.join(libraryFolder, 'site')],
    ['/outlast/', libraryFolder],
    ['/', bundleFolder(peer)],
  ])
  const server = createServer((req, res) => {
    for (const [name, value] of Object.entries(ISOLATED)) res.setHeader(name, value)
    const { pathname } = new URL(req.url ?? '/', 'http://site')
    const body = extra(pathname)
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'application/octet-stream'
    if (body) res.writeHead(200, { 'Content-Type': type }).end(body)
    else files(req, res)
  })
  const { port } = await listen(server)
  return {
    url: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
