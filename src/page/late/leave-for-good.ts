/** Ends the client of a page because the library is being removed from the site, which any tab may ask for. */

import type { Front } from '../../client/first/front'
import type { KeyValueStore } from '../../client/first/person'
import type { Delivery } from '../../client/late/delivery'
import type { Journal } from '../first/journal'
import { openStorage, STORAGE_PREFIX } from '../first/web-storage'

/**
 * @param store the page's part of localStorage, in which choices are kept too
 * @param journal what writes to the database; `undefined` where nothing may be stored
 */
export async function leaveForGood(
  { capture, kept, tab }: Pick<Front, 'capture' | 'kept' | 'tab'>,
  { shutdown }: Pick<Delivery, 'shutdown'>,
  { store, journal }: { store: KeyValueStore; journal: Journal | undefined },
  timeoutMs: number,
): Promise<void> {
  capture.closed = true
  await shutdown(timeoutMs)
  const nothing = () => undefined
  // A component may go on to identify, register or refuse: that would put the person or the database back on the device.
  // Nothing is captured any more, so a refusal need not be there either.
  for (const written of [kept, tab, store]) written.set = nothing
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
