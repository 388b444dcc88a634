/** The page views that posthog-js captures by itself, and what it says of them in other events. */

import { asRecord } from '../../core/base/values'
import type { OutlastEvent, Properties } from '../../core/event/event'
import { type Address, type AddressPart, isOther, PARTS } from '../pageviews/place'
import { endOf, type View } from '../pageviews/view'
import { type ListenHow, type NavigationType, watchNavigation } from '../pageviews/watch-navigation'
import { type ScrollWatch, watchScroll } from '../pageviews/watch-scroll'
import { type Self, safely, stringsOf } from './self'

export interface PageViews {
  /** Captures the first page view once this task has ended, and those of navigation, where the options ask for them. */
  start(): void
  /** Captures the first page view now, or as soon as the page is shown. Only once. */
  first(): void
  /** The properties by which an event names its page view. */
  propertiesOf(event: OutlastEvent): Properties
  /** Ends the page view without a word: nothing of the time in which the person refuses is told later. */
  forget(): void
  id(): string | undefined
}

/** After this many ms the first page view is captured: what the page calls right after `init` comes before it. */
const FIRST_MS = 1

export function createPageViews(self: Self): PageViews {
  let captured = false
  let waiting = false
  let view: View | undefined
  let place: Address | undefined
  let scroll: ScrollWatch | undefined

  /** The parts of the address that count. */
  function watched(): AddressPart[] {
    const { capture_pageview: which, disable_capture_url_hashes: noHash } = self.config
    const { path, search, hash } = asRecord(which === 'history_change' ? { path: true } : which)
    const counts = { pathname: path, search, hash: hash && !noHash }
    return PARTS.filter((part) => counts[part])
  }

  const forget = () => {
    view = undefined
  }

  function count(how: NavigationType): void {
    // The person may have refused in another tab, of which no event tells here.
    if (!self.isCapturing()) forget()
    const now = addressNow()
    const isNew = place && isOther(watched(), place, now)
    place = now
    if (isNew) self.face.capture('$pageview', { navigation_type: how })
  }

  /**
   * Counts a push or a replacement in a microtask, as posthog-js does: routers may set the title in the same task,
   * after they have changed the address.
   */
  function navigated(how: NavigationType): void {
    if (how === 'popstate') count(how)
    else queueMicrotask(() => count(how))
  }

  function leaves(): boolean {
    const { capture_pageleave: leave, capture_pageview: which } = self.config
    return leave === true || (leave === 'if_capture_pageview' && Boolean(which))
  }

  /** The element that is scrolled: of the site's selectors the first that finds an element counts. */
  function scroller(page: Document): Element | null | undefined {
    const { scroll_root_selector: selectors } = self.config
    if (!selectors) return page.scrollingElement
    for (const selector of stringsOf(selectors)) {
      const found = safely(() => page.querySelector(selector), 'scroll_root_selector')
      if (found) return found
    }
    return undefined
  }

  const previous = (now: number) =>
    view ? endOf(view, self.config.disable_scroll_properties ? undefined : scroll?.scrolled(), now) : {}

  const views: PageViews = {
    start() {
      if (typeof document === 'undefined') return
      if (self.config.capture_pageview) setTimeout(() => self.isCapturing() && views.first(), FIRST_MS)
      place = addressNow()
      // An instance never ends.
      const how: ListenHow = { capture: true, signal: new AbortController().signal }
      watchNavigation(how, navigated)
      const page = document
      scroll = watchScroll(how, () => scroller(page))
      // This listener runs after the client's own: an answer to an event that is captured earlier would cost the page
      // its place in the back/forward cache.
      addEventListener('pagehide', () => leaves() && self.face.capture('$pageleave'))
    },
    first() {
      if (typeof document === 'undefined' || captured) return
      if (document.visibilityState !== 'visible') {
        if (!waiting) document.addEventListener('visibilitychange', () => self.isCapturing() && views.first())
        waiting = true
        return
      }
      captured = true
      place = addressNow()
      self.face.capture('$pageview', { title: document.title })
    },
    propertiesOf({ event, uuid, timestamp, properties }) {
      const at = Date.parse(timestamp)
      const session = String(properties.$session_id)
      // Nothing is told in the next session of a page view whose session has ended meanwhile.
      if (view?.session !== session) view = undefined
      if (event === '$pageleave') return { $pageview_id: view?.id, ...previous(at) }
      if (event !== '$pageview') return { $pageview_id: view?.id }
      const before = previous(at)
      const page = typeof location === 'undefined' ? { pathname: '' } : location
      view = { id: uuid, pathname: page.pathname, at, session }
      scroll?.anew()
      return { $pageview_id: uuid, ...before, ...(typeof document === 'undefined' ? {} : { title: document.title }) }
    },
    forget,
    id: () => view?.id,
  }
  return views
}

const addressNow = (): Address => ({ pathname: location.pathname, search: location.search, hash: location.hash })
