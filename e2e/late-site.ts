/** A site whose files may come late, or never, and what a page has on disk there. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright'
import { test as base } from './recorder'
import { type Site, startSite } from './site'
import { PAGE } from './told'

export interface LateSite extends Site {
  /** From now on a request for this path is never answered. */
  hold(path: string): void
  /** Answers those that wait for this path with a 404, and later ones as usual. */
  recover(path: string): void
  /** How many wait for this path. */
  held(path: string): number
  /** How long each file of the library takes, in ms. */
  lateMs: number
}

const LIBRARY = /^\/(__)?outlast\//

interface Fixtures {
  site: LateSite
  /**
   * Opens a page as `open` does, whose client may never be ready.
   *
   * @param prepare called with the page before it loads anything
   */
  visit(options?: Record<string, unknown>, file?: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page>
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  site: async ({}, use) => {
    const waiting = new Map<string, (() => void)[]>()
    const site = await startSite({
      headers: { 'Access-Control-Allow-Origin': '*' },
      async take(req, res) {
        const { pathname } = new URL(req.url ?? '/', 'http://site')
        const cuts = waiting.get(pathname)
        if (cuts) {
          // Not a cut connection: Chromium reports one as an error of the page, at times and in other words.
          cuts.push(() => res.writeHead(404).end())
          return true
        }
        if (late.lateMs > 0 && LIBRARY.test(pathname)) await pause(late.lateMs)
        return false
      },
    })
    const late: LateSite = {
      ...site,
      lateMs: 0,
      hold: (path) => void waiting.set(path, []),
      recover(path) {
        for (const cut of waiting.get(path) ?? []) cut()
        waiting.delete(path)
      },
      held: (path) => waiting.get(path)?.length ?? 0,
    }
    await use(late)
    await site.close()
  },
  visit: async ({ site, collector, context }, use) => {
    await use(async (options = {}, file = PAGE, prepare) => {
      const page = await context.newPage()
      await prepare?.(page)
      const init = { host: collector.url, flushInterval: 200, ...options }
      await page.goto(`${site.url}${file}?init=${encodeURIComponent(JSON.stringify(init))}`)
      await page.waitForFunction(() => window.outlast)
      return page
    })
  },
})

export { expect } from '@playwright/test'

export const WORKER_FILE = '/__outlast/worker.js'
export const DELIVERY_FILE = '/outlast/chunks/delivery.js'
export const IN_PAGE_FILE = '/outlast/chunks/in-page.js'
/** What only pages with certain options load, or in certain events. */
export const BY_NEED = {
  bootstrap: '/outlast/chunks/bootstrap.js',
  masking: '/outlast/chunks/masking.js',
  persistence: '/outlast/chunks/persistence.js',
  waiting: '/outlast/chunks/waiting.js',
  warnings: '/outlast/chunks/warnings.js',
} as const

/** The events that this origin has in a table of the database. */
export const stored = (page: Page, table: 'journal' | 'chunks' | 'bodies') =>
  page.evaluate(
    (name) =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open('outlast')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const reading = opening.result.transaction(name).objectStore(name).getAll()
          reading.onsuccess = () => {
            opening.result.close()
            const all = reading.result.flatMap((row) => row.events ?? row)
            resolve(all.map((json) => JSON.parse(json).event))
          }
        }
      }),
    table,
  )

/** Resolves so many ms after the page began to load. */
export const atAge = (page: Page, ms: number) => page.waitForFunction((age) => performance.now() >= age, ms)

/** The names of what earlier pages have left in localStorage. */
export const backupsIn = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(':backup:')))

/** As a site that has used up what localStorage may hold: not one more character can be written. */
export const fillLocalStorage = (page: Page) =>
  page.evaluate(() => {
    for (let index = 0, length = 1_000_000; length >= 1; ) {
      try {
        localStorage.setItem(`site:${index}`, 'x'.repeat(length))
        index += 1
      } catch {
        length = Math.floor(length / 10)
      }
    }
  })
