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
  // A person who agrees may leave at once, so the code is loaded ahead. Where it could not be loaded, a call warns of
  // that.
  if (!ports.ownJournal && !options.cookieless) load().catch(() => undefined)

  return async (wanted) => {
    try {
      const change = await load()
      // A person who was erased elsewhere does not come back from what this page still has of that person.
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
