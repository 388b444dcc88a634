/** What a story plays on: a site, a collector, a browser, and the account of what was captured. */

import type { Browser, Context, Engine, Page } from '../engines/engine'
import type { Site } from '../site'
import { createAccount } from './account'
import type { Destination } from './destination'
import { waitsFor } from './waits'

export type { Page }

/** What browsers say themselves of a request that fails on purpose, each in its words. */
export const NETWORK_NOISE =
  /Failed to load resource|net::ERR_|A bad HTTP response code \(404\)|Cross-Origin Request Blocked/

/** What pages throw because the story is about it. */
const PLANNED = /thrown by the story/

export function createStage({
  site,
  collector,
  engine,
  browser,
  options = {},
}: {
  site: Site
  collector: Destination
  engine: Engine
  browser: Browser
  /** Of every page's `init`. */
  options?: Record<string, unknown>
}) {
  const { captured, newUuids, spareUuids, missing, account } = createAccount(collector)
  const waits = waitsFor(collector, missing)
  const contexts: Context[] = []
  const errors: string[] = []

  /**
   * @param more options of `init`
   * @param parameters of the page itself
   */
  const urlOf = (more?: Record<string, unknown>, parameters?: Record<string, string>) => {
    const init = { host: collector.url, flushInterval: 500, ...options, ...more }
    return `${site.url}/?${new URLSearchParams({ init: JSON.stringify(init), ...parameters })}`
  }

  return {
    site,
    collector,
    engine,
    browser,
    captured,
    newUuids,
    spareUuids,
    account,
    ...waits,

    async context() {
      const context = await browser.newContext()
      contexts.push(context)
      return context
    },

    async privateWindow() {
      const context = await (browser as Required<Browser>).newPrivateWindow()
      contexts.push(context)
      return context
    },

    /** A browser of its own on this profile, which is killed at the end if it was not before. */
    async killable<T>(
      profile: string,
      work: (context: Context, kill: () => Promise<void>, crash: (page: Page) => Promise<void>) => Promise<T>,
    ) {
      const { context, errors: heard, kill, crash } = await engine.launchKillable(profile)
      let killed: Promise<void> | undefined
      const end = async () => {
        errors.push(...(await heard()))
        await kill()
      }
      const endOnce = () => (killed ??= end())
      try {
        return await work(context, endOnce, crash)
      } finally {
        await endOnce()
      }
    },

    /** Takes the network away, or, where an engine's driver cannot, what is at the other end of it. */
    async offline(context: Context, on: boolean) {
      if (context.setOffline) await context.setOffline(on)
      else collector.fault({ mode: on ? 'down' : 'ok' })
    },

    /**
     * Ends the collector's outage. Where the sender was ended in it, the next visit comes first: what the old one had on
     * its way has met the outage by then. Let in later, it would be a lost answer, which is another story.
     */
    outageOver() {
      collector.fault({ mode: 'ok' })
    },

    /**
     * Opens the site and waits until its queue has a host.
     *
     * @param more options of `init`
     * @param parameters of the page itself
     */
    async open(context: Context, more?: Record<string, unknown>, parameters?: Record<string, string>) {
      const page = await context.newPage()
      await page.goto(urlOf(more, parameters))
      await waits.ready(page)
      return page
    },

    /** @param count events, captured in one task */
    async capture(page: Page, count: number) {
      await page.evaluate((uuids) => {
        for (const uuid of uuids) window.outlast.capture('replay', { path: location.pathname }, { uuid })
      }, newUuids(count))
    },

    /** Clears up, and tells what went wrong meanwhile in any page or worker. */
    async tearDown() {
      errors.push(...(await browser.errors()))
      await Promise.all(contexts.map((context) => context.close()))
      return errors.filter((line) => !NETWORK_NOISE.test(line) && !PLANNED.test(line))
    },
  }
}

export type Stage = ReturnType<typeof createStage>
