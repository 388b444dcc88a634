// @ts-check
/** Chromium, as Playwright drives it. */

import { launch, launchKillable } from '../browser.mjs'

/** @typedef {import('./engine.mjs').Context} Context */
/** @typedef {import('playwright').BrowserContext} BrowserContext */
/** @typedef {import('playwright').Page} Page */

/** @type {import('./engine.mjs').Engine} */
export const chromium = {
  name: 'chromium',
  can: ['backgroundSync', 'crash', 'stopWorkers'],
  async launch() {
    const browser = await launch()
    /** @type {string[]} */
    const heard = []
    return {
      version: browser.version(),
      newContext: async () => contextOf(await browser.newContext(), heard),
      errors: async () => heard.splice(0),
      async crash(page) {
        const crashed = /** @type {Page} */ (page).waitForEvent('crash')
        page.goto('chrome://crash').catch(() => undefined)
        await crashed
      },
      async stopWorkers(page) {
        const real = /** @type {Page} */ (page)
        const devTools = await real.context().newCDPSession(real)
        await devTools.send('ServiceWorker.enable')
        await devTools.send('ServiceWorker.stopAllWorkers')
      },
      close: () => browser.close(),
    }
  },
  async launchKillable(profile) {
    const { context, kill } = await launchKillable(profile)
    /** @type {string[]} */
    const heard = []
    return { context: contextOf(context, heard), errors: async () => heard.splice(0), kill }
  },
}

/**
 * @param {BrowserContext} context
 * @param {string[]} heard
 * @returns {Context}
 */
function contextOf(context, heard) {
  context.on('weberror', (error) => heard.push(`unhandled: ${error.error().stack}`))
  context.on('console', (message) => {
    if (message.type() === 'error') heard.push(message.text())
  })
  return {
    newPage: () => context.newPage(),
    async opened(open) {
      const [page] = await Promise.all([context.waitForEvent('page'), open()])
      return page
    },
    async closed(page) {
      const real = /** @type {Page} */ (page)
      if (!real.isClosed()) await real.waitForEvent('close')
    },
    setOffline: (on) => context.setOffline(on),
    close: () => context.close(),
  }
}
