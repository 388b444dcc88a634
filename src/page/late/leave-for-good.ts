/** Ends the client of a page because the library is being removed from the site, which any tab may ask for. */

import type { Front } from '../../client/first/front'
import type { Delivery } from '../../client/late/delivery'
import { openStorage, STORAGE_PREFIX } from '../first/web-storage'

export async function leaveForGood(
  { capture, kept }: Pick<Front, 'capture' | 'kept'>,
  { shutdown }: Pick<Delivery, 'shutdown'>,
  timeoutMs: number,
): Promise<void> {
  capture.closed = true
  await shutdown(timeoutMs)
  // A component may go on to identify or register: that would put the person back on the device.
  kept.set = () => undefined
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
