import type { OutlastOptions } from '../types'

/** The code of options that few sites use. */
export interface OptionCode {
  mask?: typeof import('../../client/late/masking') | undefined
  bootstrap?: typeof import('../../client/late/bootstrap') | undefined
}

/** Imports what must be there before the events are written in full, `undefined` where nothing is needed for these options. */
export function codeOfOptions(
  mask: unknown,
  { bootstrap, relay }: OutlastOptions & { relay?: unknown },
): (() => Promise<OptionCode>) | undefined {
  // Of a relay's `bootstrap` the first code has taken all that there is (page/relay/options.ts).
  const isOfPerson = bootstrap && !relay
  if (!mask && !isOfPerson) return undefined
  return async () => {
    const [masking, known] = await Promise.all([
      mask ? import('../../client/late/masking') : undefined,
      isOfPerson ? import('../../client/late/bootstrap') : undefined,
    ])
    return { mask: masking, bootstrap: known }
  }
}
