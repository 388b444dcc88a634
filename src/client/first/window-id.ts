/** The id of the window whose events are captured: the same for all pages that the window shows, one after the other. */

import type { KeyValueStore } from './person'

const KEY = 'window'

/** Follows the id in storage while a page of the window is open. */
const OPEN = ' open'

export interface WindowId {
  /** The window's id for this person: who comes after a reset is not known by the window either. */
  of(anonymousId: string): string
  /** Notes that the page is left, so that the next one has the id, or that it is open (again). */
  markOpen(isOpen: boolean): void
}

/**
 * sessionStorage is copied to a window that is opened from this one, and to a duplicate. So it says whether a page has the
 * id at the moment: who finds that in it has a copy, and takes another id. After a crash, which leaves the same, there is
 * another id too, as in posthog-js.
 *
 * @param isFrame whether the page is in a window whose page has the id. A frame may come and go while that page stays
 */
export function createWindowId(tab: KeyValueStore, newId: () => string, owner: string, isFrame: boolean): WindowId {
  let [id = '', isOpen] = tab.get(KEY)?.split(OPEN) ?? []
  if (isOpen !== undefined && !isFrame) id = ''

  const self: WindowId = {
    of(anonymousId) {
      if (!id || anonymousId !== owner) {
        id = newId()
        owner = anonymousId
        tab.set(KEY, id + OPEN)
      }
      return id
    },
    markOpen(isOpen) {
      // There is none where nothing was captured yet, or where the person has opted out with `clear`.
      if (!isFrame && tab.get(KEY)) tab.set(KEY, isOpen ? id + OPEN : id)
    },
  }
  self.markOpen(true)
  return self
}
