/** Loads what a page needs that may not begin yet, and hears meanwhile that the person has agreed in another tab. */

import type { Front } from '../../client/first/front'
import type { OutlastOptions } from '../types'
import { dropRefused } from './drop-waiting'
import type { Refusals } from './last-refusal'
import type { StoragePorts } from './persistence'

/**
 * @param begin starts the client unless its start is withheld
 * @returns imports the code; to be called until it has come
 */
export function waitingCode(
  front: Front,
  begin: () => void,
  { crossSubdomain }: OutlastOptions,
  ports: Pick<StoragePorts, 'kept'>,
  refusals: Refusals,
) {
  const { capture, ofConsent } = front
  let isThere = false
  function heed(): void {
    // Once the client has begun, the delivery does what an erasure asks for. It would take an erasure that was heeded
    // here for done.
    if (isThere || capture.onNew || capture.isClosed) return
    // A client that waits for more than a consent is left to the code that is to come, which knows what else is waited
    // for.
    if (!ofConsent.withheld) dropRefused(front, ports, refusals)
    begin()
  }
  // A page in the back/forward cache is not told of what another page stores.
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
