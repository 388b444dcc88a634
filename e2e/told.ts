/** A page that writes down what it is told (pages/told.html). */

import type { Page } from 'playwright'
import type { OutlastEvents } from '../src/client/types'

declare global {
  interface Window {
    told: {
      degraded: OutlastEvents['degraded'][]
      update: OutlastEvents['update'][]
      drop: OutlastEvents['drop'][]
      delivered: OutlastEvents['delivered'][]
      warnings: string[]
    }
  }
}

export const PAGE = '/told.html'

/** Captures events of these names in one task. */
export const captureAndForget = (page: Page, ...names: string[]) =>
  page.evaluate((all) => {
    for (const name of all) window.outlast.capture(name)
  }, names)

/** Captures events of these names in one task, and waits until a host has them. */
export async function capture(page: Page, ...names: string[]): Promise<void> {
  await captureAndForget(page, ...names)
  await stats(page)
}

export const stats = (page: Page) => page.evaluate(() => window.outlast.stats())

/** What the page was told from the start. */
export const told = (page: Page) => page.evaluate(() => window.told)
