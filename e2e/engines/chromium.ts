/** Chromium, as Playwright drives it. */

import type { BrowserContext, Page } from 'playwright'
import { launch, launchKillable } from '../browser'
import type { Context, Engine } from './engine'
import { PAGE_CODE_HELPER } from './page-code'

export const chromium: Engine = {
  name: 'chromium',
  can: ['backgroundSync', 'crash', 'stopWorkers'],
  async launch() {
    const browser = await launch()
    const heard: string[] = []
    return {
      version: browser.version(),
      newContext: async () => contextOf(await browser.newContext(), heard),
      errors: async () => heard.splice(0),
      crash,
      async stopWorkers(page) {
        const real = page as Page
        const devTools = await real.context().newCDPSession(real)
        await devTools.send('ServiceWorker.enable')
        await devTools.send('ServiceWorker.stopAllWorkers')
      },
      close: () => browser.close(),
    }
  },
  async launchKillable(profile) {
    const { context, kill } = await launchKillable(profile)
    const heard: string[] = []
    return { context: await contextOf(context, heard), errors: async () => heard.splice(0), crash, kill }
  },
}

async function crash(page: unknown): Promise<void> {
  const real = page as Page
  const crashed = real.waitForEvent('crash')
  real.goto('chrome://crash').catch(() => undefined)
  await crashed
}

async function contextOf(context: BrowserContext, heard: string[]): Promise<Context> {
  await context.addInitScript(PAGE_CODE_HELPER)
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
      const real = page as Page
      if (!real.isClosed()) await real.waitForEvent('close')
    },
    setOffline: (on) => context.setOffline(on),
    close: () => context.close(),
  }
}
