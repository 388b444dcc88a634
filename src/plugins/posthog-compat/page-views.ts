/** The page views that posthog-js captures by itself, and what it says of them in other events. */

import type { OutlastEvent, Properties } from '../../core/event/event'
import type { Self } from './self'

export interface PageViews {
  /** Captures the first page view once this task has ended, and those of navigation, where the options ask for them. */
  start(): void
  /** Captures the first page view now, or as soon as the page is shown. Only once. */
  first(): void
  /** The properties by which an event names its page view. */
  propertiesOf(event: OutlastEvent): Properties
  id(): string | undefined
}

interface View {
  id: string
  pathname: string
  at: number
}

/** After this many ms the first page view is captured: what the page calls right after `init` comes before it. */
const FIRST_MS = 1

export function createPageViews(self: Self): PageViews {
  let captured = false
  let waiting = false
  let view: View | undefined
  let place = ''

  const watched = () => {
    const { capture_pageview: which, disable_capture_url_hashes: noHash } = self.config
    const parts = which === 'history_change' ? { path: true } : typeof which === 'object' && which ? which : undefined
    return parts && { path: false, search: false, ...parts, hash: 'hash' in parts && parts.hash && !noHash }
  }

  /** What of the address counts. */
  function placeNow(): string {
    const parts = watched()
    const { pathname, search, hash } = location
    return JSON.stringify([parts?.path && pathname, parts?.search && search, parts?.hash && hash])
  }

  function navigated(how: string): void {
    const now = placeNow()
    if (now === place || !watched()) return
    place = now
    self.face.capture('$pageview', { navigation_type: how })
  }

  function watchHistory(): void {
    place = placeNow()
    for (const method of ['pushState', 'replaceState'] as const) {
      const original = history[method]
      history[method] = function (this: History, ...given: Parameters<History['pushState']>) {
        original.apply(this, given)
        navigated(method)
      }
    }
    addEventListener('popstate', () => navigated('popstate'))
    addEventListener('hashchange', () => navigated('hashchange'))
  }

  function leaves(): boolean {
    const { capture_pageleave: leave, capture_pageview: which } = self.config
    return leave === true || (leave === 'if_capture_pageview' && Boolean(which))
  }

  function previous(now: number): Properties {
    if (!view) return {}
    return {
      $prev_pageview_id: view.id,
      $prev_pageview_pathname: view.pathname,
      $prev_pageview_duration: (now - view.at) / 1000,
    }
  }

  const views: PageViews = {
    start() {
      if (typeof document === 'undefined') return
      if (self.config.capture_pageview) setTimeout(() => self.isCapturing() && views.first(), FIRST_MS)
      watchHistory()
      // As late as can be, and before the client saves what the page still has.
      addEventListener('pagehide', () => leaves() && self.face.capture('$pageleave'), { capture: true })
    },
    first() {
      if (typeof document === 'undefined' || captured) return
      if (document.visibilityState !== 'visible') {
        if (!waiting) document.addEventListener('visibilitychange', () => self.isCapturing() && views.first())
        waiting = true
        return
      }
      captured = true
      place = placeNow()
      self.face.capture('$pageview', { title: document.title })
    },
    propertiesOf({ event, uuid, timestamp }) {
      const at = Date.parse(timestamp)
      if (event === '$pageleave') return { $pageview_id: view?.id, ...previous(at) }
      if (event !== '$pageview') return { $pageview_id: view?.id }
      const before = previous(at)
      const page = typeof location === 'undefined' ? { pathname: '' } : location
      view = { id: uuid, pathname: page.pathname, at }
      return { $pageview_id: uuid, ...before, ...(typeof document === 'undefined' ? {} : { title: document.title }) }
    },
    id: () => view?.id,
  }
  return views
}
