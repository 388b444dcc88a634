import { gzipSync, strToU8, zlibSync } from 'fflate'
import type { Encoding } from '../core/base/ports'

/** Compression in plain JavaScript, loaded only by engines without a `CompressionStream` that works. */
export function fflateCompress(text: string, encoding: Encoding): Uint8Array {
  return encoding === 'gzip' ? gzipSync(strToU8(text)) : zlibSync(strToU8(text))
}
