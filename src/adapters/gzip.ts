/** Compression by the platform, and by a fallback where the platform has none that works. */

import type { Compressor, Encoding } from '../core/base/ports'

/** Compresses where the platform cannot. */
export type Fallback = (text: string, encoding: Encoding) => Promise<Uint8Array>

/**
 * Compresses by the platform, and checks the result: Safari 16.4 and 16.5 have a `CompressionStream` that writes
 * garbage (WebKit 254021), which shows in the first bytes. Where the platform fails, the fallback compresses; without a
 * fallback the result is `undefined`, and the text is sent as it is.
 */
export function platformCompressor(fallback?: Fallback): Compressor {
  return async (text, encoding) => {
    if (typeof CompressionStream === 'function') {
      const bytes = await stream(text, encoding).catch(() => undefined)
      if (bytes && looksRight(bytes, encoding)) return bytes
    }
    return fallback?.(text, encoding)
  }
}

async function stream(text: string, encoding: Encoding): Promise<Uint8Array> {
  const compressor = new CompressionStream(encoding)
  const writer = compressor.writable.getWriter()
  // An error on the writing side fails the reading below, too.
  writer.write(new TextEncoder().encode(text)).catch(() => undefined)
  writer.close().catch(() => undefined)
  return new Uint8Array(await new Response(compressor.readable).arrayBuffer())
}

/** Whether the first bytes are right: RFC 1952 §2.3.1 for gzip, RFC 1950 §2.2 for zlib, which HTTP calls deflate. */
function looksRight(bytes: Uint8Array, encoding: Encoding): boolean {
  const [first = 0, second = 0] = bytes
  if (encoding === 'gzip') return first === 0x1f && second === 0x8b && bytes.length > 18
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0
}
