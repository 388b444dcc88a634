/** One page view, and what the event that ends it tells of the page view. */

import type { Properties } from '../../core/event/event'
import { type Scrolled, scrollProperties } from './scrolled'

export interface View {
  /** The id of its `$pageview` event. */
  id: string
  pathname: string
  /** When it began, in ms since the epoch. */
  at: number
  /** The session in which it began. Once the session is another one, the page view counts as ended. Absent where a client knows of none. */
  session: string | undefined
}

/** What is told of a page view that ends at `now`: by the next `$pageview`, or by the `$pageleave` of its page. */
export const endOf = ({ id, pathname, at }: View, scrolled: Scrolled | undefined, now: number): Properties => ({
  $prev_pageview_id: id,
  $prev_pageview_pathname: pathname,
  // In seconds. The clock may have been set back meanwhile.
  $prev_pageview_duration: Math.max(0, now - at) / 1000,
  ...(scrolled && scrollProperties(scrolled)),
})
