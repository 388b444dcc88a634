/** Page views by themselves: at load, at each navigation within the page, and their end when the page goes. */

import type { PropertyBag } from '../../core/event/event'
import { isBot } from '../is-bot'
import { type AddressPart, PARTS } from './place'
import { sharedOf, watchPage } from './shared'
import type { PageviewClient } from './tracker'
import { warnOnce } from './warn-once'

/** Options of `pageviews`. An unusable value becomes the default, with a warning. */
export interface PageviewsOptions {
  /**
   * The parts of the address that tell one page of the site from another: a change of one of them is a page view.
   * `['hash']` is for hash routers, and `[]` counts no navigation within the page. Default `['pathname']`, as
   * posthog-js's `'history_change'`, also (with a warning) where one of the parts is none.
   *
   * @example
   * pageviews(outlast, { navigation: ['pathname', 'hash'] })
   */
  navigation?: readonly AddressPart[] | undefined
  /**
   * Whether `$pageleave` is captured when the page goes. Default `true`.
   *
   * @example
   * pageviews(outlast, { pageLeave: false })
   */
  pageLeave?: boolean | undefined
  /**
   * Gives the element that is scrolled, where it is not the page itself; without one nothing is measured. Default the
   * page.
   *
   * @example
   * pageviews(outlast, { scrollRoot: () => document.querySelector('main') })
   */
  scrollRoot?: (() => Element | null | undefined) | undefined
  /**
   * `true` captures them where a bot looks at the page too: a known crawler, or a browser that is automated
   * (`navigator.webdriver`). A list has more words, in any case, of user agents that are bots. Default `false`.
   *
   * @example
   * pageviews(outlast, { bots: ['uptime', 'our-monitor'] })
   */
  bots?: boolean | readonly string[] | undefined
}

/** What `pageviews` returns. */
export interface Pageviews {
  /**
   * Captures a page view now, with properties of yours, where you know better than the address what is one. While the
   * person is opted out, on a server and where a bot looks at the page, nothing is captured.
   *
   * @example
   * const { capturePageview } = pageviews(outlast, { navigation: [] })
   * capturePageview({ step: 'payment' })
   */
  capturePageview(properties?: PropertyBag): void
  /**
   * The id of the present page view, by which other events may name it; `undefined` before the first one.
   *
   * @example
   * outlast.capture('video played', { $pageview_id: getPageviewId() })
   */
  getPageviewId(): string | undefined
  /**
   * Ends what is captured by itself, `$pageleave` too. `capturePageview` goes on working.
   *
   * @example
   * const { stop } = pageviews(outlast)
   * onUnmount(stop)
   */
  stop(): void
}

/**
 * Captures `$pageview` at once and at each navigation within the page, and `$pageleave` when the page goes: once for a
 * client, however often it is called, and the latest options count. A page that is prerendered or opened in the
 * background has its page view once it is shown. Does nothing on a server, in a worker, and where a bot looks at the
 * page. Never throws.
 *
 * @example
 * pageviews(outlast)
 * const { stop } = pageviews(outlast, { navigation: ['pathname', 'hash'] })
 */
export function pageviews(client: PageviewClient, options: PageviewsOptions = {}): Pageviews {
  const { navigation = DEFAULT, pageLeave = true, scrollRoot = page, bots = false, ...unknown } = options ?? {}
  if (typeof document === 'undefined' || isBot(bots))
    return { capturePageview: nothing, getPageviewId: nothing, stop: nothing }
  const parts = [navigation].flat()
  const isUsable = parts.every((part) => PARTS.includes(part))
  warnOnce([...Object.keys(unknown), ...(isUsable ? [] : parts)].join(', '))
  const shared = sharedOf(client, { navigation: isUsable ? parts : DEFAULT, pageLeave, scrollRoot })
  const { tracker } = shared
  if (shared.users++ === 0) watchPage(shared)
  let isOn = true
  return {
    capturePageview: tracker.capture,
    getPageviewId: tracker.id,
    stop() {
      if (isOn && --shared.users === 0) {
        tracker.endWait()
        shared.ending?.abort()
      }
      isOn = false
    },
  }
}

const page = () => document.scrollingElement

const nothing = () => undefined

const DEFAULT: readonly AddressPart[] = ['pathname']
