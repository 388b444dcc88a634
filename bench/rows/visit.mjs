// @ts-check
/** A visitor of a page that uses a peer: what every row opens, captures on, and closes again. */

import { randomUUID } from 'node:crypto'
import { startIngest } from '../server/ingest.mjs'
import { startBenchSite } from '../server/site.mjs'

/** @typedef {import('playwright').BrowserContext} BrowserContext */
/** @typedef {import('playwright').Page} Page */

/** How long a page may take to be ready, in ms. */
const READY_MS = 20_000

/**
 * @template T
 * @param {string} peer
 * @param {(visit: Visit) => Promise<T>} work
 * @param {object} [how]
 * @param {(pathname: string) => Buffer | undefined} [how.extra] what the site serves besides its files
 * @param {string} [how.wire] the peer whose format is received, if it is not this one's
 * @returns {Promise<T>}
 */
export async function withVisit(peer, work, { extra, wire = peer } = {}) {
  const ingest = await startIngest(wire)
  const site = await startBenchSite(peer, extra)
  try {
    return await work(createVisit(ingest, site.url))
  } finally {
    await site.close()
    await ingest.close()
  }
}

/**
 * @param {import('../server/ingest.mjs').Ingest} ingest
 * @param {string} siteUrl
 */
function createVisit(ingest, siteUrl) {
  const run = randomUUID().slice(0, 8)
  let captured = 0
  let startedAt = 0

  return {
    ingest,
    siteUrl,
    run,
    get captured() {
      return captured
    },
    get startedAt() {
      return startedAt
    },

    /**
     * @param {BrowserContext} context
     * @param {Record<string, unknown>} [options] of the peer
     */
    async open(context, options) {
      const page = await context.newPage()
      const config = encodeURIComponent(JSON.stringify({ host: ingest.url, run, options }))
      await page.goto(`${siteUrl}/?config=${config}`)
      await page.waitForFunction(() => window.bench !== undefined, undefined, { timeout: READY_MS })
      return page
    },

    /**
     * @param {Page} page
     * @param {number} count
     * @param {number} [perTask] default all in one
     */
    async capture(page, count, perTask = count) {
      const from = this.claim(count)
      await page.evaluate(
        ([first, number, size]) => window.bench.capture(first, number, size),
        /** @type {const} */ ([from, count, perTask]),
      )
    },

    /**
     * Numbers for events that the page captures by itself.
     *
     * @param {number} count
     */
    claim(count) {
      startedAt ||= Date.now()
      const from = captured
      captured += count
      return from
    },
  }
}

/** @typedef {ReturnType<typeof createVisit>} Visit */
