/** The page under measurement: a peer's bundle, the built library, and headers that give clocks their resolution. */

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { bundleFolder, libraryFolder } from '../bundle'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** Cross-origin isolation: `performance.now` counts in 5 µs instead of 100. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** @param extra answers what is no file */
export async function startBenchSite(peer: string, extra: (pathname: string) => Buffer | undefined = () => undefined) {
  const folders: [prefix: string, folder: string][] = [
    ['/__outlast/', path.join(libraryFolder, 'site')],
    ['/outlast/', libraryFolder],
    ['/', bundleFolder(peer)],
  ]
  const server = createServer(async (req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://site')
    const [prefix, folder] = folders.find(([start]) => pathname.startsWith(start)) ?? ['/', bundleFolder(peer)]
    const file = path.join(folder, pathname.slice(prefix.length) || 'index.html')
    const body = extra(pathname) ?? (file.startsWith(folder) && (await readFile(file).catch(() => undefined)))
    if (!body) return res.writeHead(404, ISOLATED).end()
    return res
      .writeHead(200, { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream', ...ISOLATED })
      .end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
