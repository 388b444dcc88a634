/** Serves folders as a site does, by sirv: for the demo, and for the sites of tests and measurements. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import sirv from 'sirv'

/** URL prefix to folder; the first that fits is taken. */
export type Folders = readonly (readonly [prefix: string, folder: string])[]

/** Named with its encoding: a page without one would have its scripts read in the encoding of its system. */
const SCRIPT = 'text/javascript; charset=utf-8'

/** Vite writes a hash of the contents into these names. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/

/** A year in seconds, the longest that RFC 9111 caches are asked for. */
const HASHED_MAX_AGE_S = 31_536_000

/**
 * Answers a request with the file that its path names, or with the `index.html` of the folder that it names. Files are
 * looked for anew in each request, so a build that runs meanwhile is seen. Headers that the answer has are kept.
 *
 * @param notFound answers where there is no such file
 */
export function staticFiles(
  folders: Folders,
  notFound: (res: ServerResponse) => void = (res) => res.writeHead(404).end(),
) {
  const served = folders.map(([prefix, folder]) => ({ prefix, serve: sirv(folder, { dev: true, setHeaders }) }))
  return (req: IncomingMessage, res: ServerResponse): void => {
    // A client that left while its file was held back: nothing would close the file that was opened for it.
    if (res.destroyed) return
    const url = req.url ?? '/'
    const found = served.find(({ prefix }) => url.startsWith(prefix))
    if (!found) return notFound(res)
    req.url = `/${url.slice(found.prefix.length)}`
    // Whole files alone: sirv throws on a range that ends before it begins.
    delete req.headers.range
    found.serve(req, res, () => notFound(res))
  }
}

function setHeaders(res: ServerResponse, pathname: string) {
  // The worker above all: a stale one would outlive its page.
  const cached = HASHED.test(pathname) ? `public, max-age=${HASHED_MAX_AGE_S}, immutable` : 'no-cache'
  res.setHeader('Cache-Control', cached)
  if (/\.m?js$/.test(pathname)) res.setHeader('Content-Type', SCRIPT)
}
