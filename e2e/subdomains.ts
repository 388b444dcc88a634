/** A site with subdomains, for tests of `crossSubdomain`. */

import type { BrowserContext, Page } from 'playwright'
import type { Received } from './fixtures'
import { test as base } from './late-site'
import { PAGE } from './told'

type Calls = [name: string, ...given: unknown[]][]
interface Subdomains {
  /** Opens a page on a subdomain of `shop.localhost`, which browsers take for this machine and trust as they do https. */
  at(name: string, options?: Record<string, unknown>, file?: string): Promise<Page>
}

export const test = base.extend<Subdomains>({
  at: async ({ site, collector, context }, use) => {
    await use(async (name, options = {}, file = PAGE) => {
      const page = await context.newPage()
      const init = { host: collector.url, flushInterval: 200, worker: false, crossSubdomain: true, ...options }
      const { port } = new URL(site.url)
      await page.goto(`http://${name}:${port}${file}?init=${encodeURIComponent(JSON.stringify(init))}`)
      await page.waitForFunction(() => window.outlast)
      return page
    })
  },
})

export const WWW = 'www.shop.localhost'
export const APP = 'app.shop.localhost'
export const CALLS = '/calls.html'

export const named = (events: Received[], name: string) => events.find(({ event }) => event === name)
export const ids = (page: Page) =>
  page.evaluate(() => {
    const { outlast } = window
    return [outlast.getAnonymousId(), outlast.getDistinctId(), outlast.getSessionId()]
  })
export const ready = (page: Page) => page.evaluate(() => window.outlast.ready)
export const cookiesOf = async (context: BrowserContext) =>
  (await context.cookies()).filter(({ name }) => name.startsWith('outlast'))
/** What the project's cookie says. */
export async function shared(context: BrowserContext): Promise<Record<string, unknown> | undefined> {
  const [cookie] = await cookiesOf(context)
  return cookie && JSON.parse(decodeURIComponent(cookie.value))
}
export const does = (page: Page, ...calls: Calls) =>
  page.evaluate((all) => {
    for (const [name, ...given] of all)
      (window.outlast as unknown as Record<string, (...args: unknown[]) => void>)[name]?.(...given)
  }, calls)
export const plant = (page: Page, text: string) =>
  page.evaluate((value) => {
    // biome-ignore lint/suspicious/noDocumentCookie: as any script of any subdomain can.
    document.cookie = `outlast_phc_test=${encodeURIComponent(value)}; Domain=shop.localhost; Path=/; Secure; SameSite=Lax`
  }, text)
