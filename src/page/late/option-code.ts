import type { OutlastOptions } from '../types'

/** The code of options that few sites use. */
export interface OptionCode {
  mask?: typeof import('../../client/late/masking') | undefined
  bootstrap?: typeof import('../../client/late/bootstrap') | undefined
}

/** Imports what must be there before the events are written in full, `undefined` where nothing is needed for these options. */
export function codeOfOptions(mask: unknown, { bootstrap }: OutlastOptions): (() => Promise<OptionCode>) | undefined {
  if (!mask && !bootstrap) return undefined
  return async () => {
    const [masking, known] = await Promise.all([
      mask ? import('../../client/late/masking') : undefined,
      bootstrap ? import('../../client/late/bootstrap') : undefined,
    ])
    return { mask: masking, bootstrap: known }
  }
}
