/** What a story plays on: a site, a collector, a browser, and the account of what was captured. */

import { randomUUID } from 'node:crypto'
import type { Browser, Context, Engine, Page } from '../engines/engine'
import type { Site } from '../site'
import { until } from './until'

export type { Page }
export type Collector = Awaited<ReturnType<typeof import('../../demo/collector/collector').startCollector>>

/** Where events are to arrive: the collector, or an endpoint of a site's own. */
export interface Destination extends Pick<Collector, 'url' | 'fault' | 'uuids' | 'reset' | 'close'> {
  stats(): Promise<{ requests: number; held: number; altered: number }>
  events(page?: { after?: number; limit?: number }): Promise<Arrived[]>
}

interface Arrived {
  seq: number
  received_at: string
  event: string
  uuid: string
  properties: unknown
}

/** What browsers say themselves of a request that fails on purpose, each in its words. */
export const NETWORK_NOISE =
  /Failed to load resource|net::ERR_|A bad HTTP response code \(404\)|Cross-Origin Request Blocked/

/** What pages throw because the story is about it. */
const PLANNED = /thrown by the story/

/** The longest a story waits for one thing, in ms. The slowest here wait for a browser's own retry. */
const PATIENCE_MS = 60_000

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
  const captured: string[] = []
  const contexts: Context[] = []
  const errors: string[] = []
  let startedAt = 0

  /**
   * @param more options of `init`
   * @param parameters of the page itself
   */
  const urlOf = (more?: Record<string, unknown>, parameters?: Record<string, string>) => {
    const init = { host: collector.url, flushInterval: 500, ...options, ...more }
    return `${site.url}/?${new URLSearchParams({ init: JSON.stringify(init), ...parameters })}`
  }

  /** For events of which it is not known yet whether they will be captured. */
  const spareUuids = (count: number) => {
    if (startedAt === 0) startedAt = Date.now()
    return Array.from({ length: count }, () => randomUUID())
  }

  const newUuids = (count: number) => {
    const uuids = spareUuids(count)
    captured.push(...uuids)
    return uuids
  }

  return {
    site,
    collector,
    engine,
    browser,
    captured,
    newUuids,
    spareUuids,

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
      await this.ready(page)
      return page
    },

    /** Waits until the page's queue has a host, and tells which. */
    async ready(page: Page) {
      // A page's load event waits for its module scripts, but a page that opened by itself is awaited by nobody.
      await until(() => page.evaluate(() => window.outlast !== undefined).catch(() => false), PATIENCE_MS)
      return page.evaluate(() => window.outlast.ready)
    },

    /** Waits until the page has become that other page. */
    async arrived(page: Page, path: string) {
      const there = () => page.evaluate(() => document.readyState === 'complete' && location.pathname)
      // In between there is no page that could answer.
      const arrived = await until(async () => (await there().catch(() => undefined)) === path, PATIENCE_MS)
      if (!arrived) throw new Error(`the page never became ${path}`)
    },

    /** @param count events, captured in one task */
    async capture(page: Page, count: number) {
      await page.evaluate((uuids) => {
        for (const uuid of uuids) window.outlast.capture('replay', { path: location.pathname }, { uuid })
      }, newUuids(count))
    },

    /** Waits until all that was captured is committed. */
    async committed(page: Page) {
      await page.evaluate(() => window.outlast.stats())
    },

    /** Waits until everything captured so far has been received. */
    async delivered() {
      await until(async () => (await missing()).length === 0, PATIENCE_MS)
    },

    /** Waits until the collector has seen that many requests. */
    async requested(count: number) {
      await until(async () => (await collector.stats()).requests + (await collector.stats()).held >= count, PATIENCE_MS)
    },

    /** Waits until the collector holds no request any more: whoever sent it has gone. */
    async released() {
      await until(async () => (await collector.stats()).held === 0, PATIENCE_MS)
    },

    /** Waits until the queue says that it is empty: what would come twice has come by then. Resolves with what was dropped, by its reason. */
    async drained(page: Page) {
      await until(() => page.evaluate(async () => (await window.outlast.pending()) === 0), PATIENCE_MS)
      const { dropped } = await page.evaluate(() => window.outlast.stats())
      return dropped
    },

    async account() {
      const received = await collector.uuids()
      const lost = await missing()
      const { altered, requests } = await collector.stats()
      const times = (await allEvents(collector)).map(({ received_at }) => Date.parse(String(received_at)))
      return {
        captured: captured.length,
        delivered: captured.length - lost.length,
        duplicates: captured.reduce((sum, uuid) => sum + Math.max(0, (received[uuid] ?? 0) - 1), 0),
        missing: lost.length,
        altered,
        requests,
        lastDeliveryMs: times.length > 0 ? Math.max(...times) - startedAt : null,
      }
    },

    /** Clears up, and tells what went wrong meanwhile in any page or worker. */
    async tearDown() {
      errors.push(...(await browser.errors()))
      await Promise.all(contexts.map((context) => context.close()))
      return errors.filter((line) => !NETWORK_NOISE.test(line) && !PLANNED.test(line))
    },
  }

  async function missing() {
    const received = await collector.uuids()
    return captured.filter((uuid) => received[uuid] === undefined)
  }
}

export type Stage = ReturnType<typeof createStage>

async function allEvents(collector: Destination) {
  const all = []
  for (let after = 0; ; ) {
    const page = await collector.events({ after, limit: 1000 })
    all.push(...page)
    const last = page.at(-1)
    if (!last || page.length < 1000) return all
    after = last.seq
  }
}
