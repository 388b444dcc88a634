/** Loads the code that only some options need, before the events are written in full. */

import type { OutlastOptions } from '../types'

/** The code of options that few sites use. */
export interface OptionCode {
  mask?: typeof import('../../client/late/masking') | undefined
  bootstrap?: typeof import('../../client/late/bootstrap') | undefined
  memory?: typeof import('./heed-in-memory') | undefined
}

/**
 * Imports what must be there before the events are written in full, `undefined` where nothing is needed for these
 * options.
 *
 * @param stores whether the page has a journal
 */
export function codeOfOptions(
  mask: unknown,
  { bootstrap, relay }: OutlastOptions & { relay?: unknown },
  stores: boolean,
): (() => Promise<OptionCode>) | undefined {
  // The first code has taken all that there is of a relay's `bootstrap` (page/relay/options.ts).
  const isOfPerson = bootstrap && !relay
  if (!mask && !isOfPerson && stores) return undefined
  return async () => {
    const [masking, known, memory] = await Promise.all([
      mask ? import('../../client/late/masking') : undefined,
      isOfPerson ? import('../../client/late/bootstrap') : undefined,
      stores ? undefined : import('./heed-in-memory'),
    ])
    return { mask: masking, bootstrap: known, memory }
  }
}
