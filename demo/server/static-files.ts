import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'

/** URL prefix to folder; the first that fits is taken */
export type Folders = [prefix: string, folder: string][]

/** Only these are served; a folder may hold other things. */
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/** Vite writes a hash of the contents into these names. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/

export async function sendFile(req: IncomingMessage, res: ServerResponse, folders: Folders) {
  if (req.method !== 'GET' && req.method !== 'HEAD') return void res.writeHead(405, { Allow: 'GET, HEAD' }).end()
  const pathname = pathOf(req.url ?? '')
  const file = pathname === undefined ? undefined : locate(pathname, folders)
  const type = file && TYPES[path.extname(file)]
  const body = file && type ? await readFile(file).catch(() => undefined) : undefined
  if (!pathname || !type || !body) return void res.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found')
  res.writeHead(200, {
    'Content-Type': type,
    'Content-Length': body.length,
    // The worker above all: a stale one would outlive its page.
    'Cache-Control': HASHED.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  res.end(req.method === 'HEAD' ? undefined : body)
}

/**
 * @param pathname decoded
 * @returns the file, unless it is outside of its folder
 */
export function locate(pathname: string, folders: Folders): string | undefined {
  const found = folders.find(([prefix]) => pathname.startsWith(prefix))
  if (!found || pathname.includes('\0')) return undefined
  const [prefix, folder] = found
  const base = path.resolve(folder)
  const file = path.resolve(base, `./${pathname.slice(prefix.length) || 'index.html'}`)
  return file.startsWith(base + path.sep) ? file : undefined
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, 'http://demo').pathname)
  } catch {
    return undefined
  }
}
