/** Measures how far a page is scrolled, for one page view after the other. */

import { measured, type Scrolled } from './scrolled'
import type { ListenHow } from './watch-navigation'

export interface ScrollWatch {
  /** What was measured of the present page view; `undefined` before the first measurement. */
  scrolled(): Scrolled | undefined
  /** Another page view begins. It is measured once the task that shows it has ended. */
  restart(): void
}

/**
 * @param how with `capture`, because elements within the page are scrolled too, and their events do not bubble; `signal` ends it
 * @param root gives the selector, or a list of selectors, of what is scrolled; without one it is the page
 */
export function watchScroll(how: ListenHow, root: () => unknown): ScrollWatch {
  let current: Scrolled | undefined
  const measure = () => {
    const wanted = root()
    const found = wanted ? elementOf(wanted) : document.documentElement
    if (!found) return
    // The page may be scrolled without its root element being what scrolls.
    const top = wanted ? found.scrollTop : window.scrollY
    current = measured({ top, visible: found.clientHeight, whole: found.scrollHeight }, current)
  }
  for (const type of ['scroll', 'scrollend', 'resize']) addEventListener(type, measure, how)
  setTimeout(measure)
  return {
    scrolled: () => current,
    restart() {
      current = undefined
      setTimeout(measure)
    },
  }
}

function elementOf(selector: unknown): Element | null {
  try {
    return document.querySelector(String(selector))
  } catch {
    // It is no selector, so nothing can be measured: scrolling must not fail for it.
    return null
  }
}
