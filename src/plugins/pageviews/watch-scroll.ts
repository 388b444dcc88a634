/** Measures how far a page is scrolled, for one page view after the other. */

import { measured, type Scrolled } from './scrolled'
import { warnOnce } from './warn-once'
import type { ListenHow } from './watch-navigation'

export interface ScrollWatch {
  /** What was measured of the present page view; `undefined` before the first measurement. */
  scrolled(): Scrolled | undefined
  /** Another page view begins. It is measured once the task that shows it has ended. */
  anew(): void
}

/**
 * @param how with `capture`, because elements within the page are scrolled too, and their events do not bubble;
 * `signal` ends it
 * @param root gives what is scrolled; nothing is measured while there is none
 */
export function watchScroll(how: ListenHow, root: () => Element | null | undefined): ScrollWatch {
  let current: Scrolled | undefined
  const measure = () => {
    try {
      const scroller = root()
      if (scroller) current = measured(scroller, current)
    } catch (error) {
      warnOnce(`scrollRoot: ${error}`)
    }
  }
  for (const type of ['scroll', 'resize']) addEventListener(type, measure, how)
  setTimeout(measure)
  return {
    scrolled: () => current,
    anew() {
      current = undefined
      setTimeout(measure)
    },
  }
}
