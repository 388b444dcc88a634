import type {} from './simulated'

export const fflateCompress = (text: string) => simulated.compressNow(text)
