/** A site that uses the built library, as a visitor's browser sees it. */

import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { root } from '../scripts/paths'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
}

/** URL prefix to folder: the library's files lie where a site would put them. */
const FOLDERS: [prefix: string, folder: string][] = [
  ['/__outlast/', 'dist/site/'],
  ['/outlast/', 'dist/'],
  ['/posthog-js/', 'node_modules/posthog-js/dist/'],
  ['/', 'e2e/pages/'],
]

/** Answers a request itself, and says so. */
export type Take = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>

export interface Site {
  /** Without a slash at its end. */
  url: string
  /** Answers a path with this instead of its file, or with its file again. */
  answer: (
    path: string,
    answer: { status: number; headers?: Record<string, string>; body?: string } | undefined,
  ) => void
  close: () => Promise<void>
}

export async function startSite({
  port = 0,
  headers = {},
  folders = FOLDERS,
  take = async () => false,
}: {
  port?: number
  /** Headers that are sent with every answer. */
  headers?: Record<string, string>
  /** The project's folders by the prefix of a path; the first that fits is taken. */
  folders?: [prefix: string, folder: string][]
  /** Asked before any file is served; may also only delay the answer. */
  take?: Take
} = {}): Promise<Site> {
  const answers = new Map<string, { status: number; headers?: Record<string, string>; body?: string }>()
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
  const address = server.address() as AddressInfo
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

function fileFor(pathname: string, folders: [prefix: string, folder: string][]) {
  const found = folders.find(([prefix]) => pathname.startsWith(prefix))
  if (!found) return undefined
  const [prefix, folder] = found
  const rest = pathname.slice(prefix.length) || 'index.html'
  const base = path.join(root, folder)
  const file = path.join(base, rest)
  return file.startsWith(base) ? file : undefined
}
