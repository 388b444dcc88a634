// @ts-check
/** What a story plays on: a site, a collector, a browser, and the account of what was captured. */

import { randomUUID } from 'node:crypto'
import { until } from './until.mjs'

/**
 * @typedef {import('playwright').BrowserContext} BrowserContext
 * @typedef {import('playwright').Page} Page
 * @typedef {Awaited<ReturnType<typeof import('../../demo/collector/collector.mjs').startCollector>>} Collector
 * @typedef {import('../site.mjs').Site} Site
 * @typedef {import('playwright').Browser} Browser
 */

/** The longest a story waits for one thing, in ms. The slowest here wait for a browser's own retry. */
export const PATIENCE_MS = 60_000

/**
 * @param {object} parts
 * @param {Site} parts.site
 * @param {Collector} parts.collector
 * @param {Browser} parts.browser
 * @param {Record<string, unknown>} [parts.options] of every page's `init`
 */
export function createStage({ site, collector, browser, options = {} }) {
  /** @type {string[]} */
  const captured = []
  /** @type {BrowserContext[]} */
  const contexts = []
  let startedAt = 0

  /** @param {Record<string, unknown>} [more] */
  const urlOf = (more) => {
    const init = { host: collector.url, flushInterval: 500, ...options, ...more }
    return `${site.url}/?init=${encodeURIComponent(JSON.stringify(init))}`
  }

  /** @param {number} count */
  const newUuids = (count) => {
    if (startedAt === 0) startedAt = Date.now()
    const uuids = Array.from({ length: count }, () => randomUUID())
    captured.push(...uuids)
    return uuids
  }

  return {
    site,
    collector,
    browser,
    captured,
    newUuids,

    /** @param {import('playwright').BrowserContextOptions} [contextOptions] */
    async context(contextOptions) {
      const context = await browser.newContext(contextOptions)
      contexts.push(context)
      return context
    },

    /**
     * Opens the site and waits until its queue has a host.
     *
     * @param {BrowserContext} context
     * @param {Record<string, unknown>} [more] options of `init`
     */
    async open(context, more) {
      const page = await context.newPage()
      await page.goto(urlOf(more))
      await page.evaluate(() => window.outlast.ready)
      return page
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
      const times = (await allEvents(collector)).map(({ received_at }) => Date.parse(String(received_at)))
      return {
        captured: captured.length,
        delivered: captured.length - lost.length,
        duplicates: captured.reduce((sum, uuid) => sum + Math.max(0, (received[uuid] ?? 0) - 1), 0),
        missing: lost.length,
        requests: (await collector.stats()).requests,
        lastDeliveryMs: times.length > 0 ? Math.max(...times) - startedAt : null,
      }
    },

    async strike() {
      await Promise.all(contexts.map((context) => context.close()))
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
