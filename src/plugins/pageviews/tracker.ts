/** Decides when a page view begins and when it ends, and captures both. */

import type { Properties, PropertyBag } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { MAX_TITLE } from './begun'
import { type Address, type AddressPart, isOther } from './place'
import { endOf, type View } from './view'
import type { NavigationType } from './watch-navigation'
import type { ScrollWatch } from './watch-scroll'

/** What is needed of a client. One without `isOptOut` is taken for one that may always capture. */
export type PageviewClient = Pick<Outlast, 'capture'> &
  Partial<Pick<Outlast, 'isOptOut' | 'optIn' | 'optOut' | 'getSessionId'>>

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
  /** What measures the scrolling. Absent while nothing is measured. */
  scroll(): ScrollWatch | undefined
  /** Runs this once routers have shown the page that they have gone to. */
  later(then: () => void): void
}

export interface Tracker {
  /**
   * The page may be seen, or is no longer; the person may have agreed, or refused. Where it may be told, the page view
   * of a page that is seen begins, unless it has begun already.
   */
  look(): void
  /** The page has another entry in its history. */
  navigated(type: NavigationType): void
  /** Captures the page view of a navigation that waits to be captured. */
  endWait(): void
  /** A page view that the site captures by itself. */
  capture(properties?: PropertyBag): void
  /** Another script has captured this page view. */
  takeOver(view: View, address: Address): void
  /** The page goes. */
  leave(): void
  /** The id of the present page view. */
  id(): string | undefined
}

/** A navigation whose page view waits to be captured: with its time, and what is told of the page view before. */
interface Waiting {
  type: NavigationType
  at: number
  over: Properties | undefined
}

const ownOf = Object.getOwnPropertyDescriptors

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

  const isElsewhere = () => isOther(options.navigation, counted, address())

  const told = () => view && endOf(view, scroll()?.scrolled(), now())

  /**
   * A page view says nothing of one before it that was in another session: the time between the two belongs to neither.
   */
  const sessionNow = () => {
    const session = client.getSessionId?.()
    if (view?.session !== session) view = undefined
    return session
  }

  /** While a person refuses, nothing is kept to be told later either. */
  function unlessRefused(then: () => void): void {
    if (client.isOptOut?.()) view = counted = waiting = undefined
    else then()
  }

  function begin(properties?: PropertyBag, navigation?: Waiting): void {
    const how = navigation?.type ?? (!view && counted ? 'back-forward-cache' : undefined)
    const session = sessionNow()
    const id = newId()
    // A page view that waited has the time of its navigation, so that it comes before what the page captures after
    // that. If its session has ended meanwhile, because the device slept, the page is seen now.
    const at = (view && navigation?.at) || now()
    client.capture(
      '$pageview',
      // The client reads the site's properties, and leaves out alone what cannot be read.
      Object.create(null, {
        ...ownOf({ title: title().slice(0, MAX_TITLE), navigation_type: how }),
        ...ownOf(properties ?? {}),
        ...ownOf({ ...(view && (navigation?.over ?? told())), $pageview_id: id }),
      }),
      { uuid: id, timestamp: navigation && new Date(at) },
    )
    const place = address()
    tracker.takeOver({ id, pathname: place.pathname, at, session }, place)
  }

  const tracker: Tracker = {
    look() {
      unlessRefused(() => {
        // A system may end a hidden page without another event.
        if (!isVisible()) tracker.endWait()
        else if (!waiting && (!view || isElsewhere())) begin()
      })
    },
    navigated(type) {
      // What is told of the page view before is measured now, because routers scroll the page that they show next.
      if (!waiting && isElsewhere()) waiting = { type, at: now(), over: told() }
      // This is done each time, because a page may lose a timer. Where no page view is counted, the person may have
      // agreed in a way of which no event tells.
      later(counted ? tracker.endWait : tracker.look)
    },
    endWait() {
      // A navigation that has ended where it began was none.
      if (waiting && isElsewhere()) tracker.capture()
      waiting = undefined
    },
    capture(properties) {
      const navigation = waiting
      waiting = undefined
      unlessRefused(() => begin(properties, navigation))
    },
    takeOver(next, at) {
      view = next
      counted = at
      scroll()?.anew()
    },
    leave() {
      tracker.endWait()
      if (!view) return
      const { id } = view
      sessionNow()
      if (options.pageLeave) client.capture('$pageleave', view && { ...told(), $pageview_id: id })
      view = undefined
    },
    id: () => view?.id,
  }
  return tracker
}
