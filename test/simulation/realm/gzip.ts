import type { Compressor } from '../../../src/core/base/ports'
import type {} from './simulated'

export const platformCompressor = (): Compressor => (text, encoding) => simulated.compress(text, encoding)
