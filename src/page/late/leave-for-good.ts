/** Ends the client of a page because the library is being removed from the site, which any tab may ask for. */

import type { Front } from '../../client/first/front'
import type { Delivery } from '../../client/late/delivery'
import type { Journal } from '../first/journal'
import { openStorage, STORAGE_PREFIX } from '../first/web-storage'

/** @param journal what writes to the database; `undefined` where nothing may be stored */
export async function leaveForGood(
  { capture, lasting, tab, ofConsent, sharing }: Pick<Front, 'capture' | 'lasting' | 'tab' | 'ofConsent' | 'sharing'>,
  { shutdown }: Pick<Delivery, 'shutdown'>,
  journal: Journal | undefined,
  timeoutMs: number,
): Promise<void> {
  capture.isClosed = true
  await shutdown(timeoutMs)
  sharing?.end()
  const nothing = () => undefined
  // A component may go on to identify, register or refuse, which would put the person or the database back on the
  // device. Nothing is captured any more, so a refusal need not be on the device either.
  for (const written of [lasting, tab]) Object.assign(written, { set: nothing, optedIn: nothing })
  Object.assign(ofConsent, { keep: nothing, choose: (refused: boolean) => ({ refused, at: 0 }) })
  if (journal) Object.assign(journal, { keep: nothing, decide: nothing, transact: async () => undefined })
  removeOwnKeys('sessionStorage')
}

/** Removes what this library has in a storage, but for the keys that are to stay. */
export function removeOwnKeys(
  kind: 'localStorage' | 'sessionStorage',
  stays: (key: string) => boolean = () => false,
): void {
  const storage = openStorage(kind)
  for (const key of Object.keys(storage ?? {})) {
    if (key.startsWith(STORAGE_PREFIX) && !stays(key)) storage?.removeItem(key)
  }
}
