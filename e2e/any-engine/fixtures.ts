/** What a test has that is the same in each engine: a site, a collector, and pages of the engine that its project names. */

import { type Browser, type Context, type EngineName, engineNamed, type Page } from '../engines/engine'
import { inPage } from '../engines/in-page'
import { expect, type Received, testOfSite } from '../fixtures'
import { NETWORK_NOISE } from '../replays/stage'
import { until } from '../replays/until'

interface Fixtures {
  /** Opens a page of the site that captures, in the tab. */
  open(): Promise<Page>
  /** Fails a test in which a page or a worker told of errors. */
  errorsFail: undefined
}

interface Shared {
  engineName: EngineName
  driven: Browser
  tabs: Context
  /**
   * The tab in which the pages of all tests are opened, because another window takes some engines a second. A test has a site, and
   * so an origin, of its own.
   */
  tab: Page
}

/** What Firefox says when posthog-js tries by a cookie which domain is the site's. */
const OF_POSTHOG = /^Cookie “dmn_chk_/

/** How long a browser may take to start, in ms. */
const START_LIMIT_MS = 60_000

/** How long a page may take to become what a test waits for, in ms. */
const PATIENCE_MS = 20_000

export const test = testOfSite.extend<Fixtures, Shared>({
  engineName: ['chromium', { option: true, scope: 'worker' }],
  driven: [
    async ({ engineName }, use) => {
      const browser = await (await engineNamed(engineName)).launch()
      await use(browser)
      await browser.close()
    },
    { scope: 'worker', timeout: START_LIMIT_MS },
  ],
  tabs: [
    async ({ driven }, use) => {
      const tabs = await driven.newContext()
      await use(tabs)
      await tabs.close()
    },
    { scope: 'worker' },
  ],
  tab: [async ({ tabs }, use) => use(await tabs.newPage()), { scope: 'worker' }],
  errorsFail: [
    async ({ driven, tab }, use) => {
      await use(undefined)
      // The site of the test goes before the page would.
      await tab.goto('about:blank')
      const isNoise = (line: string) => NETWORK_NOISE.test(line) || OF_POSTHOG.test(line)
      const errors = (await driven.errors()).filter((line) => !isNoise(line))
      expect(errors, 'errors in a page or worker').toEqual([])
    },
    { auto: true },
  ],
  open: async ({ site, collector, tab }, use) => {
    await use(async () => {
      const init = { host: collector.url, flushInterval: 200 }
      await tab.goto(`${site.url}/?init=${encodeURIComponent(JSON.stringify(init))}`)
      await ready(tab)
      return tab
    })
  },
  // A page of an earlier test may still have something to say.
  received: async ({ collector, site }, use) => {
    const ofSite = ({ properties }: Received) => String(properties.$current_url).startsWith(site.url)
    await use(async (count) => {
      let events: Received[] = []
      await until(async () => {
        events = ((await collector.events({ limit: 1000 })) as Received[]).filter(ofSite)
        return events.length >= count
      }, PATIENCE_MS)
      return events
    })
  },
})

/** Waits until this holds in the page, which may not be there yet. */
export async function holds(page: Page, what: () => boolean): Promise<void> {
  const isSo = () => inPage(page, what).catch(() => false)
  if (!(await until(isSo, PATIENCE_MS))) throw new Error(`a page in which this never held: ${what}`)
}

/** Waits until the page captures. */
export async function ready(page: Page): Promise<void> {
  await holds(page, () => window.outlast !== undefined)
  await inPage(page, () => window.outlast.ready)
}

export { expect }
