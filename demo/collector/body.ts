import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { MAX_DEPTH } from './fields'

type BodyFault = 'too_large' | 'aborted' | 'undecodable'
type Bytes = { ok: true; bytes: Buffer } | { ok: false; reason: BodyFault; detail: string }
export type Encoding = 'gzip' | 'deflate' | 'br'

/** Beyond the limit, a body is read and thrown away, so that the client gets to see its 413; but only so far. */
const DISCARD_FACTOR = 4

const DECODERS = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/** @param limit bytes */
export function readBody(req: IncomingMessage, limit: number): Promise<Bytes> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = []
    let size = 0
    const tooLarge = () => resolve({ ok: false, reason: 'too_large', detail: `more than ${limit} bytes` })
    const aborted = () => resolve({ ok: false, reason: 'aborted', detail: `after ${size} bytes` })
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else chunks = []
      if (size > limit * DISCARD_FACTOR) {
        req.pause()
        tooLarge()
      }
    })
    req.on('end', () => (size > limit ? tooLarge() : resolve({ ok: true, bytes: Buffer.concat(chunks) })))
    req.on('error', aborted)
    req.on('close', aborted)
  })
}

/** @param limit bytes after decoding; a bomb stops there instead of filling memory */
export async function decompress(bytes: Buffer, encoding: Encoding, limit: number): Promise<Bytes> {
  try {
    return { ok: true, bytes: await DECODERS[encoding](bytes, { maxOutputLength: limit }) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return { ok: false, reason: 'too_large', detail: `more than ${limit} bytes decompressed` }
    }
    return { ok: false, reason: 'undecodable', detail: `${encoding}: ${message}` }
  }
}

export const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b

export function parseJson(bytes: Uint8Array): { ok: true; value: unknown } | { ok: false; detail: string } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (isDeeperThan(MAX_DEPTH, text)) return { ok: false, detail: 'recursion limit exceeded' }
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

/** Checked on the text: V8 parses any depth, but serializing it again overflows the stack. */
function isDeeperThan(limit: number, text: string) {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (inString) {
      if (char === '\\') i += 1
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '[' || char === '{') depth += 1
    else if (char === ']' || char === '}') depth -= 1
    if (depth > limit) return true
  }
  return false
}
