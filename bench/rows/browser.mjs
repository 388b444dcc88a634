// @ts-check
/** A page under measurement, alone in a browser, and what DevTools knows of it. */

import { launch } from '../../e2e/browser.mjs'
import { withVisit } from './visit.mjs'

/** @typedef {import('./visit.mjs').Visit} Visit */
/** @typedef {import('playwright').Page} Page */
/** @typedef {import('playwright').CDPSession} CDPSession */

/**
 * @typedef {object} Scene
 * @property {Visit} visit
 * @property {Page} page
 * @property {import('playwright').BrowserContext} context
 * @property {CDPSession} devTools of the page
 * @property {import('playwright').Browser} browser
 */

/**
 * A browser of its own for each measurement: none is to pay for what another left behind.
 *
 * @template T
 * @param {string} peer
 * @param {(scene: Scene) => Promise<T>} work
 * @param {Parameters<typeof withVisit>[2] & { options?: Record<string, unknown> | undefined }} [how] options of the peer
 * @returns {Promise<T>}
 */
export function withPage(peer, work, how = {}) {
  return withVisit(
    peer,
    async (visit) => {
      const browser = await launch()
      try {
        const context = await browser.newContext()
        const page = await visit.open(context, how.options)
        const devTools = await context.newCDPSession(page)
        return await work({ visit, page, context, devTools, browser })
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
 *
 * @param {CDPSession} devTools
 */
export async function taskTime(devTools) {
  const { metrics } = await devTools.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
}

/** @param {CDPSession} devTools */
export async function countTaskTime(devTools) {
  await devTools.send('Performance.enable', { timeDomain: 'threadTicks' })
}

/**
 * What a page tells, or `undefined` where it does not in time: one that is stuck in its own work answers nothing.
 *
 * @template T
 * @param {Promise<T>} told
 * @param {number} ms
 * @returns {Promise<T | undefined>}
 */
export async function within(told, ms) {
  // Rejects once the browser is closed, which nobody awaits by then.
  told.catch(() => undefined)
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    return /** @type {T | undefined} */ (await Promise.race([told, late]))
  } finally {
    clearTimeout(timer)
  }
}
