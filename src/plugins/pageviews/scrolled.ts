/** How far a page view was scrolled, and how much of its content was seen, as posthog-js counts them. */

import type { Properties } from '../../core/event/event'

/**
 * Pixels of an edge from the top: where it is now, the furthest it was, and how far it can go. PostHog's names of the
 * properties begin with the names of the first two.
 */
interface Reach {
  last_: number
  max_: number
  of: number
}

/** `scroll` is the upper edge of what can be seen, and `content` the lower edge. */
export type Scrolled = Record<'scroll' | 'content', Reach>

/** What is scrolled, as the platform names its measures. */
export type Scroller = Pick<Element, 'scrollTop' | 'clientHeight' | 'scrollHeight'>

/** @param before what was measured of the same page view before */
export const measured = (
  { scrollTop: top, clientHeight: visible, scrollHeight: whole }: Scroller,
  before?: Scrolled,
): Scrolled => ({
  scroll: further(top, whole - visible, before?.scroll),
  content: further(top + visible, whole, before?.content),
})

const further = (last_: number, end: number, { max_, of }: Partial<Reach> = {}): Reach => ({
  last_,
  max_: Math.max(last_, max_ ?? 0),
  of: Math.max(end, of ?? 0),
})

/**
 * PostHog's properties of what was scrolled. Fractions of pixels count as whole ones, so that a page can be seen to its
 * end.
 */
export function scrollProperties(scrolled: Scrolled): Properties {
  const properties: Properties = {}
  for (const [kind, { of, ...reached }] of Object.entries(scrolled)) {
    for (const [which, at] of Object.entries(reached)) {
      const pixels = Math.ceil(at)
      properties[`$prev_pageview_${which}${kind}`] = pixels
      // Where there is nothing to scroll, all of it is seen.
      const share = of <= 1 ? 1 : pixels / Math.ceil(of)
      properties[`$prev_pageview_${which}${kind}_percentage`] = Math.min(1, Math.max(0, share))
    }
  }
  return properties
}
