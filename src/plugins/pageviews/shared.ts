/**
 * What is known of one client's page views. It is kept with the page, because a module may be loaded twice in one: no copy
 * captures what another has.
 */

import { newId } from '../../adapters/new-id'
import { createTracker, type PageviewClient, type Tracker, type TrackerOptions } from './tracker'
import { type ListenHow, watchNavigation } from './watch-navigation'
import { type ScrollWatch, watchScroll } from './watch-scroll'

/** Gives what is scrolled. */
export type ScrollRoot = () => Element | null | undefined

export interface Shared {
  tracker: Tracker
  options: TrackerOptions & { scrollRoot: ScrollRoot }
  scroll?: ScrollWatch
  /** How many have started it and not stopped it yet. */
  users: number
  /** Ends the listening to the page. */
  ending?: AbortController
}

/** In ms: routers that show the next page in a task of their own have set its title by then. */
const SETTLE_MS = 50

/** A later version that keeps anything else needs another symbol. */
const KNOWN = Symbol.for('outlast.pageviews')

/** The page views of the client that has this `capture`, with these options: a client may be spread into another object. */
export function sharedOf(client: PageviewClient, options: Shared['options']): Shared {
  const page = globalThis as { [KNOWN]?: WeakMap<PageviewClient['capture'], Shared> }
  page[KNOWN] ??= new WeakMap()
  const all = page[KNOWN]
  const known = all.get(client.capture)
  if (known) {
    Object.assign(known.options, options)
    return known
  }
  const tracker = createTracker({
    client,
    options,
    now: Date.now,
    newId,
    address: () => new URL(location.href),
    title: () => document.title,
    isVisible: () => !document.hidden,
    scroll: () => shared.scroll,
    later: (then) => setTimeout(then, SETTLE_MS),
  })
  const shared: Shared = { tracker, options, users: 0 }
  const { optIn } = client
  // A person who opts in is looking at this page, so the page is a page view from then on. The client has no event for an opt-in,
  // so its method is wrapped. Where the method cannot be replaced, the next navigation is a page view, or the next time that the
  // page is shown.
  const optInSeen = () => {
    optIn?.()
    if (shared.users > 0) tracker.seen()
  }
  if (optIn) Reflect.set(client, 'optIn', optInSeen)
  all.set(client.capture, shared)
  return shared
}

/**
 * Takes over a page view that another script of this page has captured.
 *
 * @param id a UUIDv7, which begins with its time in ms
 */
export function adopt(client: PageviewClient, id: string, href: string): void {
  const { tracker } = sharedOf(client, { navigation: [], pageLeave: true, scrollRoot: () => undefined })
  const at = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
  const address = new URL(href)
  tracker.adopt({ id, pathname: address.pathname, at, session: client.getSessionId?.() }, address)
}

/** Starts listening to the page. */
export function watchPage(shared: Shared): void {
  const { tracker, options } = shared
  shared.ending = new AbortController()
  const how: ListenHow = { capture: true, signal: shared.ending.signal }
  shared.scroll = watchScroll(how, () => options.scrollRoot())
  watchNavigation(how, tracker.navigated)
  // After the client's own listener, which was there first: from then on the worker answers nothing, and an answer would
  // cost the page its place in the back/forward cache. The client saves what is captured then.
  addEventListener('pagehide', tracker.leave, { signal: how.signal })
  // A page may come back from the back/forward cache, and be shown for the first time long after it was loaded.
  for (const type of ['pageshow', 'visibilitychange']) addEventListener(type, tracker.seen, how)
  tracker.seen()
}
