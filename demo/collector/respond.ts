import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Reply } from './v1-errors'

const gzipped = promisify(gzip)

/** Below this a gzip header costs about what it saves. */
const MIN_GZIP_BYTES = 1024

export async function respond(
  req: IncomingMessage,
  res: ServerResponse,
  reply: Reply,
  headers: Record<string, string>,
) {
  const text = typeof reply.body === 'string'
  const plain = Buffer.from(reply.body === undefined ? '' : text ? String(reply.body) : JSON.stringify(reply.body))
  const zip = plain.length >= MIN_GZIP_BYTES && acceptsGzip(String(req.headers['accept-encoding'] ?? ''))
  const body = zip ? await gzipped(plain) : plain
  if (res.destroyed) return
  res.writeHead(reply.status, {
    ...headers,
    ...(plain.length > 0 ? { 'Content-Type': text ? 'text/plain; charset=utf-8' : 'application/json' } : {}),
    ...reply.headers,
    ...(zip ? { 'Content-Encoding': 'gzip' } : {}),
    ...(reply.status === 204 ? {} : { 'Content-Length': String(body.length) }),
    Vary: [headers.Vary, 'Accept-Encoding'].filter(Boolean).join(', '),
    // What is left of the body is not read; the connection is of no more use.
    ...(req.complete ? {} : { Connection: 'close' }),
  })
  res.end(body)
}

export function acceptsGzip(accepted: string) {
  const offers = accepted.split(',').map((offer) =>
    offer
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/),
  )
  const offer = offers.find(([name]) => name === 'gzip') ?? offers.find(([name]) => name === '*')
  return offer !== undefined && !offer.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
}
