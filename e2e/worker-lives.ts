/** What happens to the library's worker in the life of a site: a newer one comes, or it is removed. */

import type { Page } from 'playwright'

/** How long a stopped worker may take to make way before it is stopped again, in ms: a page may have started it. */
const MAKE_WAY_MS = 1_000

/** Ends all workers, as the browser may at any time. */
export async function stopWorkers(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('ServiceWorker.enable')
  await cdp.send('ServiceWorker.stopAllWorkers')
  await cdp.detach()
}

/** Has the browser fetch the newer worker, which then waits until the old one has nothing to do. */
export const update = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration('/__outlast/')
    const before = registration?.active
    await registration?.update()
    while (!registration?.waiting && registration?.active === before)
      await new Promise((resolve) => setTimeout(resolve, 50))
  })

/** Ends the old worker, which Chromium would do after half a minute without work, until the new one is there. */
export async function takeOver(page: Page): Promise<void> {
  for (let there = false; !there; ) {
    await stopWorkers(page)
    there = await page.evaluate(async (ms) => {
      const registration = await navigator.serviceWorker.getRegistration('/__outlast/')
      const isThere = () => !registration?.waiting && registration?.active?.state === 'activated'
      for (const end = Date.now() + ms; !isThere() && Date.now() < end; ) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return isThere()
    }, MAKE_WAY_MS)
  }
}

/** The next page then gets the worker that the site has by then. */
export async function unregister(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister()
  })
  await stopWorkers(page)
}
