/** One person and one choice on the subdomains of a site, by what each engine makes of cookies. */

import type { Page } from '../engines/engine'
import { inPage } from '../engines/in-page'
import type { Received } from '../fixtures'
import { until } from '../replays/until'
import { test as base, expect, ready } from './fixtures'

const WWW = 'www.shop.localhost'
const APP = 'app.shop.localhost'

const PATIENCE_MS = 20_000

interface OfSubdomains {
  /** Opens a page of a subdomain in the tab, or in another one. */
  at(name: string, page?: Page): Promise<Page>
  /** Another tab, which is closed with the test. */
  other: Page
  arrived(count: number): Promise<Received[]>
}

const test = base.extend<OfSubdomains>({
  at: async ({ site, collector, tab }, use) => {
    const { port } = new URL(site.url)
    const init = { host: collector.url, flushInterval: 200, worker: false, crossSubdomain: true }
    await use(async (name, page = tab) => {
      await page.goto(`http://${name}:${port}/?init=${encodeURIComponent(JSON.stringify(init))}`)
      await ready(page)
      return page
    })
  },
  other: async ({ tabs }, use) => {
    const page = await tabs.newPage()
    await use(page)
    await page.close()
  },
  arrived: async ({ collector }, use) => {
    await use(async (count) => {
      await until(async () => (await collector.stats()).events >= count, PATIENCE_MS)
      const events = (await collector.events({ limit: 100 })) as Received[]
      expect(events).toHaveLength(count)
      return events
    })
  },
})

test.skip(
  ({ engineName }) => engineName === 'webkit',
  'WebKit takes no cookie with Secure over http, of a name that ends in localhost either',
)

const ids = (page: Page) => inPage(page, () => [window.outlast.getAnonymousId(), window.outlast.getDistinctId()])

test('www and app are one person: who is known on one is known on the other, until a reset on either', async ({
  at,
  tab,
  arrived,
}) => {
  await at(WWW)
  const [anonymous] = await ids(tab)
  await inPage(tab, () => window.outlast.identify('ada'))
  await at(APP)
  expect(await ids(tab)).toEqual([anonymous, 'ada'])
  await inPage(tab, () => window.outlast.capture('on app'))
  const events = await arrived(2)
  expect(events.map(({ distinct_id }) => distinct_id)).toEqual(['ada', 'ada'])
  await inPage(tab, () => window.outlast.reset())
  const next = await ids(tab)
  expect(next[0]).not.toBe(anonymous)
  await at(WWW)
  expect(await ids(tab)).toEqual(next)
})

test('P8: a page that is left after a change in another tab does not undo it', async ({ at, tab, other }) => {
  await at(APP, other)
  await at(WWW)
  await inPage(tab, () => window.outlast.identify('ada'))
  const known = await ids(tab)
  await other.goto('about:blank')
  expect(await ids(tab)).toEqual(known)
  await at(APP, other)
  expect(await ids(other)).toEqual(known)
})

test('P10: a refusal on www holds on app, in an open page and in one that opens later', async ({ at, tab, other }) => {
  await at(APP, other)
  await at(WWW)
  await inPage(tab, () => window.outlast.optOut())
  expect(await inPage(other, () => window.outlast.isOptOut())).toBe(true)
  await at(APP)
  expect(await inPage(tab, () => window.outlast.isOptOut())).toBe(true)
  await inPage(tab, () => window.outlast.optIn())
  expect(await inPage(other, () => window.outlast.isOptOut())).toBe(false)
})
