/** The client's method `setPersistence`, whose code is loaded once a page may need it. */

import type { Ready } from '../../client/types'
import { show } from '../../core/base/values'
import { loadOnce } from './load-once'
import type { PersistenceParts } from './persistence'

/** @param settled resolves once the disk has answered what the person has chosen last */
export function createSetPersistence(
  parts: PersistenceParts,
  settled: () => Promise<void>,
): (wanted: unknown) => Promise<Ready | undefined> {
  const { front, ports, cookieless } = parts
  const load = loadOnce(async () => {
    const { changePersistence } = await import('./persistence')
    return changePersistence(parts)
  })
  // A person who agrees may leave at once, so what that takes is there by then. Where it is not, a call says so.
  if (!ports.ownJournal && !cookieless) load().catch(() => undefined)

  return async (wanted) => {
    try {
      const change = await load()
      // Whom the person had erased elsewhere does not come back by what this page has of them.
      if (!ports.ownJournal) await settled()
      return await change(wanted)
    } catch (error) {
      front.setup.logs.warn(
        `setPersistence has changed nothing, because its code could not be loaded (${show(error)}): call it again`,
      )
      return undefined
    }
  }
}
