/**
 * sessionStorage is copied to a window that is opened from this one, and to a duplicate of this one. So a note in it
 * says whether a page of the window is open: a page that finds this note has a copy, and takes a window id of its own.
 * A crash leaves the same note, so the next page takes another id then too, as in posthog-js. Where no page is open,
 * the note says whose the id is: a person who came by a reset in another tab meanwhile gets another id.
 */

import type { Front } from '../first/front'

/** The key of that note: `OPEN`, or else the person's anonymous id. Earlier versions removed it. */
const OPEN_KEY = 'window_open'
const OPEN = '1'

export interface WindowMark {
  /** The id that the first code has taken from a copy, or from the person before, and the one in its place. */
  replaced: { id: string; before: string } | undefined
  /** Notes that the page is left, so that the window's next page has the id, or that it is open (again). */
  markOpen(isOpen: boolean): void
}

/**
 * @param isFrame whether the page is in a window whose page has the id. A frame may come and go while that page stays
 */
export function markWindow(
  { windows, tab, person }: Pick<Front, 'windows' | 'tab' | 'person'>,
  isFrame: boolean,
  newId: () => string,
): WindowMark {
  let replaced: WindowMark['replaced']
  const [owner = '', before] = Object.entries(windows)[0] ?? []
  if (![undefined, owner].includes(tab.get(OPEN_KEY)) && before && !isFrame) {
    const id = newId()
    replaced = { id, before }
    windows[owner] = id
    // A person who came by a reset meanwhile has another id already.
    if (person.state.anonymousId === owner) tab.set('window', id)
  }

  function markOpen(isOpen: boolean): void {
    if (isFrame) return
    // A value that is set while the person refuses is in memory alone, so the stored note is removed first.
    tab.remove(OPEN_KEY)
    tab.set(OPEN_KEY, isOpen ? OPEN : person.state.anonymousId)
  }

  markOpen(true)
  return { replaced, markOpen }
}
