/** When the transport begins to work without a visitor who does anything: woken by the browser, and shown late. */

import { launchUndriven, withProfile } from './browser'
import { expect, test } from './fixtures'

test('P3: where periodic sync is granted the page asks for it, and the browser wakes the worker by it', async ({
  open,
  context,
  collector,
  received,
  site,
}) => {
  collector.fault({ mode: 'down' })
  const permitted = await context.newPage()
  const session = await context.newCDPSession(permitted)
  const { targetInfo } = await session.send('Target.getTargetInfo')
  const { browserContextId } = targetInfo
  const permissions = ['periodicBackgroundSync', 'backgroundSync'] as never
  const grant = { permissions, origin: site.url, ...(browserContextId ? { browserContextId } : {}) }
  await session.send('Browser.grantPermissions', grant)
  const page = await open({ retryInitialBackoff: 600_000, retryMaxBackoff: 600_000 })
  const tags = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration('/__outlast/')
      const { periodicSync } = registration as typeof registration & { periodicSync: { getTags(): Promise<string[]> } }
      return periodicSync.getTags()
    })
  await expect.poll(tags).toEqual(['outlast'])
  await page.evaluate(async () => {
    const failed = new Promise((resolve) => window.outlast.on('retry', resolve))
    window.outlast.capture('periodic')
    await failed
  })
  collector.fault({ mode: 'ok' })
  await session.send('ServiceWorker.enable')
  const registrationId = await new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(site.url))
      if (own) resolve(own.registrationId)
    })
    void session.send('ServiceWorker.enable')
  })
  await page.close()
  await session.send('ServiceWorker.dispatchPeriodicSyncEvent', { origin: site.url, registrationId, tag: 'outlast' })
  expect(await received(1)).toMatchObject([{ event: 'periodic' }])
})

test('periodic sync that is not granted is not asked for', async ({ open }) => {
  const page = await open()
  const tags = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration('/__outlast/')
    const { periodicSync } = registration as typeof registration & { periodicSync: { getTags(): Promise<string[]> } }
    return periodicSync.getTags()
  })
  expect(tags).toEqual([])
})

test('a prerendered page queues and sends nothing until it is shown, and then what it captured', async ({
  site,
  collector,
  received,
}) => {
  const init = { host: collector.url, flushInterval: 200 }
  const query = `?init=${encodeURIComponent(JSON.stringify(init))}`
  await withProfile(async (profile) => {
    // Chromium prerenders nothing in a tab that is driven, so these pages drive themselves.
    const browser = launchUndriven(profile, `${site.url}/prerenders.html${query}`)
    try {
      const events = await received(2)
      const [early, shown] = ['early', 'shown'].map((name) => events.find(({ event }) => event === name))
      expect(shown?.properties).toMatchObject({ prerendered: true, databases: [] })
      expect(early?.copies).toBe(1)
      const [first] = await collector.requests()
      expect(Date.parse(String(first?.received_at))).toBeGreaterThanOrEqual(Number(shown?.properties.shown_at))
    } finally {
      await browser.kill()
    }
  })
})
