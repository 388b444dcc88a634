/** A page that counts its page views, in any engine, and what arrived of them in a form that can be compared. */

import type { PageviewsOptions } from '../src/pageviews'
import type { Page } from './engines/engine'
import { inPage } from './engines/in-page'
import type { Received } from './fixtures'

/** Longer than a page view of a navigation waits to be captured, in ms: its timer was set first, and so it ends first. */
export const SETTLED_MS = 70

/** Starts page views in a page. The browser of a test is automated. */
export const start = (page: Page, options: Omit<PageviewsOptions, 'scrollRoot'> = {}) =>
  inPage(
    page,
    async (options) => {
      const { pageviews } = await import(String('/outlast/pageviews.js'))
      Object.assign(window, { pageviews, own: pageviews(window.outlast, { bots: true, ...options }) })
    },
    options,
  )

/** Runs code of a page, and waits until what it did counts. */
export const act = (page: Page, code: string) =>
  inPage(
    page,
    async ([code, ms]) => {
      // The browser goes back, goes to another hash, and tells of what is scrolled in a task of its own, which a busy machine may
      // take its time for.
      const told = /history\.(back|forward)|location\.hash =/.test(code)
        ? 'popstate'
        : /scrollTo/.test(code) && 'scroll'
      const arrived = told && new Promise((resolve) => addEventListener(told, resolve, { once: true, capture: true }))
      new Function(code)()
      await arrived
      await new Promise((resolve) => setTimeout(resolve, ms))
    },
    [code, SETTLED_MS] as const,
  )

export const pathOf = ({ properties }: Received) => {
  const { pathname, hash } = new URL(String(properties.$current_url))
  return pathname + hash
}

/** Events in the order in which they were captured. */
export const inOrder = (events: Received[]) =>
  events.toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp) || (a.uuid < b.uuid ? -1 : 1))

/** The names and paths of events in the order in which they were captured. */
export const told = (events: Received[]) => inOrder(events).map((event) => `${event.event} ${pathOf(event)}`)

/** Waits until the queue is empty, and gives what the collector has. */
export async function all(page: Page, received: (count: number) => Promise<Received[]>): Promise<Received[]> {
  await inPage(page, () => window.outlast.flush())
  return received(0)
}
