/** A page under measurement, alone in a browser, and what DevTools knows of it. */

import type { Browser, BrowserContext, CDPSession, Page } from 'playwright'
import { launch } from '../../e2e/browser'
import { type Visit, withVisit } from './visit'

interface Scene {
  visit: Visit
  page: Page
  context: BrowserContext
  /** The page's DevTools session. */
  devTools: CDPSession
  browser: Browser
}

/** A page that is stuck is closed with its browser. */
const CLOSE_MS = 2_000

/**
 * A browser of its own for each measurement: none is to pay for what another left behind.
 *
 * @param how options of the peer
 */
export function withPage<T>(
  peer: string,
  work: (scene: Scene) => Promise<T>,
  how: Parameters<typeof withVisit>[2] & { options?: Record<string, unknown> | undefined } = {},
): Promise<T> {
  return withVisit(
    peer,
    async (visit) => {
      const browser = await launch()
      try {
        const context = await browser.newContext()
        const page = await visit.open(context, how.options)
        const devTools = await context.newCDPSession(page)
        const done = await work({ visit, page, context, devTools, browser })
        // A browser that is closed with a page may take 5 s over it.
        await within(context.close(), CLOSE_MS)
        return done
      } finally {
        await browser.close()
      }
    },
    how,
  )
}

/**
 * ms that the page's main thread has worked since the metrics were enabled. Thread time: what other processes of a busy
 * machine take is not in it.
 */
export async function taskTime(devTools: CDPSession) {
  const { metrics } = await devTools.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
}

export async function countTaskTime(devTools: CDPSession) {
  await devTools.send('Performance.enable', { timeDomain: 'threadTicks' })
}

/** What a page tells, or `undefined` where it does not in time: one that is stuck in its own work answers nothing. */
export async function within<T>(told: Promise<T>, ms: number): Promise<T | undefined> {
  // Rejects once the browser is closed, which nobody awaits by then.
  told.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    return (await Promise.race([told, late])) as T | undefined
  } finally {
    clearTimeout(timer)
  }
}
