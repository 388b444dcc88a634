/** What every end-to-end test has: a site, a collector, and pages whose errors fail the test. */

import { test as base } from '@playwright/test'
import type { Browser, BrowserContext, Page } from 'playwright'
import { createCollector, serveCollector } from '../demo/collector/collector'
import { launch } from './browser'
import type { Collector } from './replays/destination'
import { until } from './replays/until'
import { type Site, startSite } from './site'

export interface Received {
  event: string
  uuid: string
  distinct_id: string
  timestamp: string
  copies: number
  properties: Record<string, unknown>
}

interface OfSite {
  site: Site
  collector: Collector
  /** Waits until the collector has that many events, and returns them in order of arrival. */
  received(count: number): Promise<Received[]>
}

interface OfChromium {
  /** Opens a page of the site with these options of `init`. */
  open(options?: Record<string, unknown>, file?: string): Promise<Page>
}

/** What a browser says itself of a request that fails on purpose. */
const NETWORK_NOISE =
  /Failed to load resource|net::ERR_|A bad HTTP response code \(404\)|unsupported MIME type|not under the max scope allowed/

/**
 * What a browser says of a page that is closed while its worker is being fetched. The end of a test closes pages at any
 * moment, also those of a test whose worker file never comes, so then it is a report of what the test did.
 */
const WORKER_FETCH_CUT = 'An unknown error occurred when fetching the script.'

/** How long what was captured may take to arrive, in ms. */
const PATIENCE_MS = 20_000

/**
 * Collects what goes wrong in pages and workers from now on. Returns what throws if anything did.
 *
 * @param isClosing whether the pages are being closed because the test is over
 */
export function watchErrors(context: BrowserContext, isClosing: () => boolean = () => false): () => void {
  const errors: string[] = []
  context.on('weberror', (error) => errors.push(`unhandled: ${error.error().stack}`))
  context.on('console', (message) => {
    const text = message.text()
    if (message.type() !== 'error' || NETWORK_NOISE.test(text)) return
    if (!(isClosing() && text === WORKER_FETCH_CUT)) errors.push(text)
  })
  return () => {
    if (errors.length > 0) throw new Error(`errors in a page or worker:\n${errors.join('\n')}`)
  }
}

/** For tests whose pages are of a browser of their own. */
export const testOfSite = base.extend<OfSite, { database: Awaited<ReturnType<typeof createCollector>> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  site: async ({}, use) => {
    const site = await startSite({ headers: { 'Access-Control-Allow-Origin': '*' } })
    await use(site)
    await site.close()
  },
  // To begin one takes seconds.
  database: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const collector = await createCollector({ databaseUrl: undefined })
      await use(collector)
      await collector.close()
    },
    { scope: 'worker' },
  ],
  // Each test has a port of its own: a request that a test's browser sends while it is closed would arrive during the next test.
  collector: async ({ database }, use) => {
    await database.reset()
    const collector = await serveCollector(database)
    await use(collector)
    await collector.close()
  },
  received: async ({ collector }, use) => {
    await use(async (count) => {
      const haveCome = await until(async () => (await collector.stats()).events >= count, PATIENCE_MS)
      const events = (await collector.events({ limit: 1000 })) as Received[]
      // A test that goes on with fewer waits in vain each time that it passes.
      if (!haveCome) throw new Error(`${count} events were to come, and came: ${events.map(({ event }) => event)}`)
      return events
    })
  },
})

export const test = testOfSite.extend<OfChromium, { browser: Browser }>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const browser = await launch(['--host-resolver-rules=MAP insecure.test 127.0.0.1'])
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
  context: async ({ browser }, use) => {
    const context = await browser.newContext()
    let isClosing = false
    const failOnErrors = watchErrors(context, () => isClosing)
    await use(context)
    isClosing = true
    await context.close()
    failOnErrors()
  },
  open: async ({ site, collector, context }, use) => {
    await use(async (options = {}, file = '/') => {
      const page = await context.newPage()
      const init = { host: collector.url, flushInterval: 200, ...options }
      await page.goto(`${site.url}${file}?init=${encodeURIComponent(JSON.stringify(init))}`)
      await page.evaluate(() => window.outlast?.ready)
      return page
    })
  },
})

export { expect } from '@playwright/test'
