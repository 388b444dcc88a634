/** Loads what a page needs that may not begin yet, and hears meanwhile that the person has agreed in another tab. */

import type { Front } from '../../client/first/front'
import type { OutlastOptions } from '../types'

/**
 * @param begin starts the client unless its start is withheld
 * @returns imports the code; to be called until it has come
 */
export function waitingCode({ capture }: Front, begin: () => void, { crossSubdomain }: OutlastOptions) {
  let isThere = false
  const heed = () => !isThere && !capture.isClosed && begin()
  // A page in the back/forward cache is not told of what another one stores.
  for (const name of ['storage', 'pageshow']) addEventListener(name, heed)
  // The person may have agreed while this code was loading.
  heed()
  return async () => {
    const [{ wait }, sharing] = await Promise.all([
      import('./waiting'),
      crossSubdomain === true ? import('./cross-subdomain/share') : undefined,
    ])
    isThere = true
    return { wait, sharing }
  }
}
