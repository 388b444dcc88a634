// @ts-check
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { MAX_DEPTH } from './fields.mjs'

/** @typedef {'too_large' | 'aborted' | 'undecodable'} BodyFault */
/** @typedef {{ ok: true, bytes: Buffer } | { ok: false, reason: BodyFault, detail: string }} Bytes */
/** @typedef {'gzip' | 'deflate' | 'br'} Encoding */

/** Beyond the limit, a body is read and thrown away, so that the client gets to see its 413; but only so far. */
const DISCARD_FACTOR = 4

const DECODERS = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/**
 * @param {import('node:http').IncomingMessage} req
 * @param {number} limit bytes
 * @returns {Promise<Bytes>}
 */
export function readBody(req, limit) {
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    let chunks = []
    let size = 0
    const tooLarge = () => resolve({ ok: false, reason: 'too_large', detail: `more than ${limit} bytes` })
    const aborted = () => resolve({ ok: false, reason: 'aborted', detail: `after ${size} bytes` })
    req.on('data', (/** @type {Buffer} */ chunk) => {
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

/**
 * @param {Buffer} bytes
 * @param {Encoding} encoding
 * @param {number} limit bytes after decoding; a bomb stops there instead of filling memory
 * @returns {Promise<Bytes>}
 */
export async function decompress(bytes, encoding, limit) {
  try {
    return { ok: true, bytes: await DECODERS[encoding](bytes, { maxOutputLength: limit }) }
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return { ok: false, reason: 'too_large', detail: `more than ${limit} bytes decompressed` }
    }
    return { ok: false, reason: 'undecodable', detail: `${encoding}: ${message}` }
  }
}

/** @param {Uint8Array} bytes */
export const isGzip = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b

/**
 * @param {Uint8Array} bytes
 * @returns {{ ok: true, value: unknown } | { ok: false, detail: string }}
 */
export function parseJson(bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (isDeeperThan(MAX_DEPTH, text)) return { ok: false, detail: 'recursion limit exceeded' }
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * Checked on the text: V8 parses any depth, but serializing it again overflows the stack.
 * @param {number} limit
 * @param {string} text
 */
function isDeeperThan(limit, text) {
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
