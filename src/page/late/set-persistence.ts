/** The client's method `setPersistence`, whose code is loaded once a page may need it. */

import type { Ready } from '../../client/types'
import { show } from '../../core/base/values'
import { loadOnce } from './load-once'
import type { PersistenceParts } from './persistence'

export function createSetPersistence(parts: PersistenceParts): (wanted: unknown) => Promise<Ready | undefined> {
  const { front, ports, options } = parts
  const load = loadOnce(async () => {
    const { changePersistence } = await import('./persistence')
    return changePersistence(parts)
  })
  // A person who agrees may leave at once, so what that takes is there by then. Where it is not, a call says so.
  if (!ports.ownJournal && !options.cookieless) load().catch(() => undefined)

  return async (wanted) => {
    try {
      const change = await load()
      // Whom the person had erased elsewhere does not come back by what this page has of them.
      if (!ports.ownJournal) await parts.choices.settled()
      return await change(wanted)
    } catch (error) {
      front.setup.logs.warn(
        `setPersistence has changed nothing, because its code could not be loaded (${show(error)}): call it again`,
      )
      return undefined
    }
  }
}
