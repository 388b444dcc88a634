/** A site that uses the built library, as a visitor's browser sees it. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import path from 'node:path'
import { type Folders, staticFiles } from '../demo/server/static-files'
import { root } from '../scripts/paths'
import { listen } from '../test/support/listen'

/** The library's files lie where a site would put them. */
const FOLDERS: Folders = [
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
  name = 'localhost',
  port = 0,
  headers = {},
  folders = FOLDERS,
  take = async () => false,
}: {
  /** Of its host: `localhost`, or one that ends in `.localhost`, which browsers take for this machine and trust alike. */
  name?: string
  port?: number
  /** Headers that are sent with every answer. */
  headers?: Record<string, string>
  /** The project's folders by the prefix of a path; the first that fits is taken. */
  folders?: Folders
  /** Asked before any file is served; may also only delay the answer. */
  take?: Take
} = {}): Promise<Site> {
  const answers = new Map<string, { status: number; headers?: Record<string, string>; body?: string }>()
  const files = staticFiles(folders.map(([prefix, folder]) => [prefix, path.join(root, folder)]))
  const server = createServer(async (req, res) => {
    if (await take(req, res)) return
    const { pathname } = new URL(req.url ?? '/', 'http://site')
    const given = answers.get(pathname)
    if (given) {
      res.writeHead(given.status, { ...headers, ...given.headers }).end(given.body)
      return
    }
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
    files(req, res)
  })
  const { port: taken } = await listen(server, port)
  return {
    url: `http://${name}:${taken}`,
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
