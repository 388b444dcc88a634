/** How far a page view was scrolled, and how much of its content was seen, as posthog-js counts them. */

import type { Properties } from '../../core/event/event'

/** Pixels from the top: where it is now, the furthest it was, and how far it goes. */
interface Reach {
  last: number
  max: number
  of: number
}

/** `scroll` is the upper edge of what can be seen, and `content` the lower edge. */
export interface Scrolled {
  scroll: Reach
  content: Reach
}

/** What of a scrolled element can be seen, in pixels: where that begins, its height, and the height of the whole. */
export interface Extent {
  top: number
  visible: number
  whole: number
}

/** @param before what was measured of the same page view before */
export const measured = ({ top, visible, whole }: Extent, before?: Scrolled): Scrolled => ({
  scroll: further(top, whole - visible, before?.scroll),
  content: further(top + visible, whole, before?.content),
})

const further = (last: number, of: number, before?: Reach): Reach => ({
  last,
  max: Math.max(last, before?.max ?? 0),
  of: Math.max(of, before?.of ?? 0),
})

/** The properties by which PostHog knows it. Fractions of pixels count as whole ones, so that a page can be seen to its end. */
export function scrollProperties(scrolled: Scrolled): Properties {
  const properties: Properties = {}
  for (const kind of ['scroll', 'content'] as const) {
    const { last, max, of } = scrolled[kind]
    for (const [which, at] of Object.entries({ last, max })) {
      const name = `$prev_pageview_${which}_${kind}`
      properties[name] = Math.ceil(at)
      // Where there is nothing to scroll, all of it is seen.
      properties[`${name}_percentage`] = of <= 1 ? 1 : Math.min(1, Math.max(0, Math.ceil(at) / Math.ceil(of)))
    }
  }
  return properties
}
