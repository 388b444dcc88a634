/** Decides when a page view begins and when it ends, and captures both. */

import type { Properties, PropertyBag } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { MAX_TITLE } from './begun'
import { type Address, type AddressPart, isOther } from './place'
import { endOf, type View } from './view'
import type { NavigationType } from './watch-navigation'
import type { ScrollWatch } from './watch-scroll'

/** What is needed of a client. One without `isOptOut` is taken for one that may always capture. */
export type PageviewClient = Pick<Outlast, 'capture'> & Partial<Pick<Outlast, 'isOptOut' | 'optIn' | 'optOut' | 'getSessionId'>>

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
  /**
   * The page may be seen, or is no longer; the person may have agreed, or refused. Where it may be told, the page view of a page that
   * is seen begins, unless it has begun already.
   */
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

/** A navigation that waits for more ms than this has lost its timer. */
const LOST_MS = 1_000

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

  const isElsewhere = () => counted && isOther(options.navigation, counted, address())

  const told = () => (view ? endOf(view, scroll()?.scrolled(), now()) : {})

  /** A page view says nothing of one before it that was in another session: the time between the two belongs to neither. */
  const sessionNow = () => {
    const session = client.getSessionId?.()
    if (view?.session !== session) view = undefined
    return session
  }

  /** While a person refuses, nothing is kept to be told later either. */
  function mayTell(): boolean {
    if (!client.isOptOut?.()) return true
    view = counted = waiting = undefined
    return false
  }

  function begin(properties?: PropertyBag, navigation?: Waiting): void {
    if (!mayTell()) return
    const how = navigation?.type ?? (!view && counted && 'back-forward-cache')
    const session = sessionNow()
    const id = newId()
    // What waited has the time of its navigation: it comes before what the page captures then. If its session has ended
    // meanwhile, because the device slept, it is seen now.
    const at = (view && navigation?.at) || now()
    client.capture(
      '$pageview',
      // A property of the site's that cannot be read costs itself alone: it is the client that reads it.
      Object.create(null, {
        ...ownOf({ title: title().slice(0, MAX_TITLE), ...(how && { navigation_type: how }) }),
        ...ownOf(properties ?? {}),
        ...ownOf({ ...(view && (navigation?.before ?? told())), $pageview_id: id }),
      }),
      { uuid: id, ...(navigation && { timestamp: new Date(at) }) },
    )
    const place = address()
    tracker.adopt({ id, pathname: place.pathname, at, session }, place)
  }

  const tracker: Tracker = {
    seen() {
      if (!mayTell()) return
      // A system may end a hidden page without another event.
      if (!isVisible()) tracker.settle()
      else if (!waiting && (!view || isElsewhere())) begin()
    },
    navigated(type) {
      const at = now()
      // The page may have lost its timers.
      if (waiting && at - waiting.at > LOST_MS) tracker.settle()
      if (waiting || !mayTell()) return
      // The person has agreed in a way that nobody has told of.
      if (!counted) later(tracker.seen)
      if (!isElsewhere()) return
      // Told now, because routers scroll the page that they show next.
      waiting = { type, at, before: told() }
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
      if (options.pageLeave) client.capture('$pageleave', view && { ...told(), $pageview_id: id })
      view = undefined
    },
    id: () => view?.id,
  }
  return tracker
}
