/** Decides when a page view begins and when it ends, and captures both. */

import type { Properties, PropertyBag } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { type Address, type AddressPart, isOther } from './place'
import { endOf, type View } from './view'
import type { NavigationType } from './watch-navigation'
import type { ScrollWatch } from './watch-scroll'

/** What is needed of a client. One without `isOptOut` is taken for one that may always capture. */
export type PageviewClient = Pick<Outlast, 'capture'> & Partial<Pick<Outlast, 'isOptOut' | 'optIn' | 'getSessionId'>>

export interface TrackerOptions {
  navigation: readonly AddressPart[]
  pageLeave: boolean
}

export interface TrackerPorts {
  client: PageviewClient
  /** The options in force. */
  options: TrackerOptions
  /** In ms since the epoch. */
  now(): number
  newId(): string
  /** Where the page is now. */
  address(): Address
  title(): string
  isVisible(): boolean
  /** Absent while nothing is measured. */
  scroll(): ScrollWatch | undefined
  /** Runs this once routers have shown the page that they have gone to. */
  later(then: () => void): void
}

export interface Tracker {
  /** The page may be seen: then its page view begins, unless it has begun already. */
  seen(): void
  /** The page has another entry in its history. */
  navigated(type: NavigationType): void
  /** Captures the page view of a navigation that waits to be captured. */
  settle(): void
  /** A page view that the site captures by itself. */
  capture(properties?: PropertyBag): void
  /** Another script has captured this page view. */
  adopt(view: View, address: Address): void
  /** The page goes. */
  leave(): void
  /** The id of the present page view. */
  id(): string | undefined
}

/** A navigation whose page view waits to be captured: with its time, and what is told of the page view before. */
interface Waiting {
  type: NavigationType
  at: number
  before: Properties
}

export function createTracker({
  client,
  options,
  now,
  newId,
  address,
  title,
  isVisible,
  scroll,
  later,
}: TrackerPorts): Tracker {
  /** The present page view; `undefined` before the first one, and once its page has been left. */
  let view: View | undefined
  /** Where the latest page view was counted. */
  let counted: Address | undefined
  let waiting: Waiting | undefined

  const isElsewhere = () => counted && isOther(options.navigation, counted, address())

  const told = (at: number) => (view ? endOf(view, scroll()?.scrolled(), at) : {})

  /** A page view says nothing of one before it that was in another session: the time between the two belongs to neither. */
  const sessionNow = () => {
    const session = client.getSessionId?.()
    if (view?.session !== session) view = undefined
    return session
  }

  function begin(properties?: PropertyBag, { type, at = now(), before = told(at) }: Partial<Waiting> = {}): void {
    // While a person refuses, nothing is kept to be told later either.
    if (client.isOptOut?.()) {
      view = counted = undefined
      return
    }
    const how = type ?? (!view && counted && 'back-forward-cache')
    const session = sessionNow()
    const id = newId()
    client.capture(
      '$pageview',
      {
        title: title(),
        ...(how && { navigation_type: how }),
        ...properties,
        ...(view && before),
        $pageview_id: id,
      },
      // What waited has the time of its navigation: it comes before what the page captures then.
      { uuid: id, ...(type && { timestamp: new Date(at) }) },
    )
    const place = address()
    tracker.adopt({ id, pathname: place.pathname, at, session }, place)
  }

  const tracker: Tracker = {
    seen() {
      if (isVisible() && !waiting && (!view || isElsewhere())) begin()
    },
    navigated(type) {
      if (waiting || !isElsewhere()) return
      const at = now()
      // Told now, because routers scroll the page that they show next.
      waiting = { type, at, before: told(at) }
      later(tracker.settle)
    },
    settle() {
      // One that has ended where it began was none.
      if (waiting && isElsewhere()) tracker.capture()
      waiting = undefined
    },
    capture(properties) {
      const navigation = waiting
      waiting = undefined
      begin(properties, navigation)
    },
    adopt(next, at) {
      view = next
      counted = at
      scroll()?.anew()
    },
    leave() {
      tracker.settle()
      if (!view) return
      const { id } = view
      sessionNow()
      if (options.pageLeave) client.capture('$pageleave', view && { ...told(now()), $pageview_id: id })
      view = undefined
    },
    id: () => view?.id,
  }
  return tracker
}
