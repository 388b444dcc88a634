// @ts-check
/** What a story plays on: a site, a collector, a browser, and the account of what was captured. */

import { randomUUID } from 'node:crypto'
import { until } from './until.mjs'

/**
 * @typedef {import('../engines/engine.mjs').Context} Context
 * @typedef {import('../engines/engine.mjs').Page} Page
 * @typedef {import('../engines/engine.mjs').Browser} Browser
 * @typedef {import('../engines/engine.mjs').Engine} Engine
 * @typedef {Awaited<ReturnType<typeof import('../../demo/collector/collector.mjs').startCollector>>} Collector
 * @typedef {import('../site.mjs').Site} Site
 */

/** What browsers say themselves of a request that fails on purpose, each in its words. */
const NETWORK_NOISE = /Failed to load resource|net::ERR_|A bad HTTP response code \(404\)|Cross-Origin Request Blocked/

/** The longest a story waits for one thing, in ms. The slowest here wait for a browser's own retry. */
export const PATIENCE_MS = 60_000

/**
 * @param {object} parts
 * @param {Site} parts.site
 * @param {Collector} parts.collector
 * @param {Engine} parts.engine
 * @param {Browser} parts.browser
 * @param {Record<string, unknown>} [parts.options] of every page's `init`
 */
export function createStage({ site, collector, engine, browser, options = {} }) {
  /** @type {string[]} */
  const captured = []
  /** @type {Context[]} */
  const contexts = []
  /** @type {string[]} */
  const errors = []
  let startedAt = 0

  /**
   * @param {Record<string, unknown>} [more] options of `init`
   * @param {Record<string, string>} [parameters] of the page itself
   */
  const urlOf = (more, parameters) => {
    const init = { host: collector.url, flushInterval: 500, ...options, ...more }
    return `${site.url}/?${new URLSearchParams({ init: JSON.stringify(init), ...parameters })}`
  }

  /** For events of which it is not known yet whether they will be captured. @param {number} count */
  const spareUuids = (count) => {
    if (startedAt === 0) startedAt = Date.now()
    return Array.from({ length: count }, () => randomUUID())
  }

  /** @param {number} count */
  const newUuids = (count) => {
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
      const context = await /** @type {Required<Browser>} */ (browser).newPrivateWindow()
      contexts.push(context)
      return context
    },

    /**
     * A browser of its own on this profile, which is killed at the end if it was not before.
     *
     * @param {string} profile
     * @param {(context: Context, kill: () => Promise<void>) => Promise<T>} work
     * @template T
     */
    async killable(profile, work) {
      const { context, errors: heard, kill } = await engine.launchKillable(profile)
      /** @type {Promise<void> | undefined} */
      let killed
      const end = async () => {
        errors.push(...(await heard()))
        await kill()
      }
      const endOnce = () => (killed ??= end())
      try {
        return await work(context, endOnce)
      } finally {
        await endOnce()
      }
    },

    /**
     * Takes the network away, or, where an engine's driver cannot, what is at the other end of it.
     *
     * @param {Context} context
     * @param {boolean} on
     */
    async offline(context, on) {
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
     * @param {Context} context
     * @param {Record<string, unknown>} [more] options of `init`
     * @param {Record<string, string>} [parameters] of the page itself
     */
    async open(context, more, parameters) {
      const page = await context.newPage()
      await page.goto(urlOf(more, parameters))
      await this.ready(page)
      return page
    },

    /** Waits until the page's queue has a host, and tells which. @param {Page} page */
    async ready(page) {
      // A page's load event waits for its module scripts, but a page that opened by itself is awaited by nobody.
      await until(() => page.evaluate(() => window.outlast !== undefined).catch(() => false), PATIENCE_MS)
      return page.evaluate(() => window.outlast.ready)
    },

    /**
     * Waits until the page has become that other page.
     *
     * @param {Page} page
     * @param {string} path
     */
    async arrived(page, path) {
      const there = () => page.evaluate(() => document.readyState === 'complete' && location.pathname)
      // In between there is no page that could answer.
      const arrived = await until(async () => (await there().catch(() => undefined)) === path, PATIENCE_MS)
      if (!arrived) throw new Error(`the page never became ${path}`)
    },

    /**
     * @param {Page} page
     * @param {number} count events, captured in one task
     */
    async capture(page, count) {
      await page.evaluate((uuids) => {
        for (const uuid of uuids) window.outlast.capture('replay', { path: location.pathname }, { uuid })
      }, newUuids(count))
    },

    /** Waits until all that was captured is committed. @param {Page} page */
    async committed(page) {
      await page.evaluate(() => window.outlast.stats())
    },

    /** Waits until everything captured so far has been received. */
    async delivered() {
      await until(async () => (await missing()).length === 0, PATIENCE_MS)
    },

    /**
     * Waits until the collector has seen that many requests.
     *
     * @param {number} count
     */
    async requested(count) {
      await until(async () => (await collector.stats()).requests + (await collector.stats()).held >= count, PATIENCE_MS)
    },

    /** Waits until the collector holds no request any more: whoever sent it has gone. */
    async released() {
      await until(async () => (await collector.stats()).held === 0, PATIENCE_MS)
    },

    /**
     * Waits until the queue says that it is empty: what would come twice has come by then.
     *
     * @param {Page} page
     */
    async drained(page) {
      await until(() => page.evaluate(async () => (await window.outlast.pending()) === 0), PATIENCE_MS)
      const { dropped } = await page.evaluate(() => window.outlast.stats())
      return Object.values(dropped).reduce((sum, count) => sum + count, 0)
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
    async strike() {
      errors.push(...(await browser.errors()))
      await Promise.all(contexts.map((context) => context.close()))
      return errors.filter((line) => !NETWORK_NOISE.test(line))
    },
  }

  async function missing() {
    const received = await collector.uuids()
    return captured.filter((uuid) => received[uuid] === undefined)
  }
}

/** @typedef {ReturnType<typeof createStage>} Stage */

/** @param {Collector} collector */
async function allEvents(collector) {
  const all = []
  for (let after = 0; ; ) {
    const page = await collector.events({ after, limit: 1000 })
    all.push(...page)
    const last = page.at(-1)
    if (!last || page.length < 1000) return all
    after = last.seq
  }
}
