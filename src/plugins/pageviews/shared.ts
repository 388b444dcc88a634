/**
 * What is known of one client's page views. It is kept with the page, because a page may load a module twice: no copy
 * captures what another has.
 */

import type { Outlast } from '../../page/types'
import { BEGUN, type Begun } from './begun'
import { pageViewId } from './page-view-id'
import { createTracker, type PageviewClient, type Tracker, type TrackerOptions } from './tracker'
import { type ListenHow, watchNavigation } from './watch-navigation'
import { type ScrollWatch, watchScroll } from './watch-scroll'

/** Gives what is scrolled. */
export type ScrollRoot = () => Element | null | undefined

export interface Shared {
  tracker: Tracker
  options: TrackerOptions & { scrollRoot: ScrollRoot }
  scroll?: ScrollWatch
  /** How many callers have started the page views and not stopped them yet. */
  users: number
  /** Ends the listening to the page. */
  ending?: AbortController
}

/** In ms: routers that show the next page in a task of their own have set its title by then. */
const ROUTER_MS = 50

/** A later version that keeps anything else needs another symbol. */
const KNOWN = Symbol.for('outlast.pageviews')

/**
 * The page views of the client that has this `capture`, with these options: a client may be spread into another object.
 */
export function sharedOf(client: PageviewClient, options: Shared['options']): Shared {
  // Any copy of this code may have made the map, under the same names (scripts/build/internal-names.ts).
  const all: WeakMap<PageviewClient['capture'], Shared> = Reflect.get(globalThis, KNOWN) ?? new WeakMap()
  Reflect.set(globalThis, KNOWN, all)
  const known = all.get(client.capture)
  if (known) {
    Object.assign(known.options, options)
    return known
  }
  const tracker = createTracker({
    client,
    options,
    now: Date.now,
    newId: pageViewId,
    address: () => new URL(location.href),
    title: () => document.title,
    isVisible: () => !document.hidden,
    scroll: () => shared.scroll,
    later: (then) => setTimeout(then, ROUTER_MS),
  })
  const shared: Shared = { tracker, options, users: 0 }
  // A person who opts in is looking at this page, so the page is a page view from then on; a refusal ends it. The
  // client has no event for a choice, so its methods are wrapped. The page hears of a choice that is made in another
  // way by `storage`, or at the next navigation.
  for (const name of ['optIn', 'optOut'] as const) {
    const choose = client[name]
    if (!choose) continue
    const chosen: Outlast['optOut'] = (options) => {
      choose(options)
      if (shared.users) tracker.look()
    }
    Reflect.set(client, name, chosen)
  }
  all.set(client.capture, shared)
  const begun: Begun | undefined = Reflect.get(client.capture, BEGUN)
  // The page view of another session is not taken over.
  if (begun?.[0] && begun[0].session === client.getSessionId?.()) tracker.takeOver(...begun)
  return shared
}

/** Starts listening to the page. */
export function watchPage(shared: Shared): void {
  const { tracker, options } = shared
  shared.ending = new AbortController()
  const how: ListenHow = { capture: true, signal: shared.ending.signal }
  shared.scroll = watchScroll(how, () => options.scrollRoot())
  watchNavigation(how, tracker.navigated)
  // This listener runs after the client's own, which was there first. From then on the worker answers nothing, since an
  // answer would cost the page its place in the back/forward cache. The client saves what is captured then.
  addEventListener('pagehide', tracker.leave, { signal: how.signal })
  // A page may come back from the back/forward cache, and be shown for the first time long after it was loaded. Another
  // tab may have stored a choice.
  for (const type of ['pageshow', 'visibilitychange', 'storage']) addEventListener(type, tracker.look, how)
  tracker.look()
}
