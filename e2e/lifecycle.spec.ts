/** Clients that come and go within a page, and workers that start over a backlog. */

import { expect, test } from './fixtures'

/** How long a page waits for its worker where nothing is wrong with it, in ms. */
const SOON_MS = 5_000

for (const worker of [undefined, false] as const) {
  const host = worker === false ? 'without a worker' : 'with a worker'

  test(`P5: ${host}, a client that is asked for while another shuts down is a new one, and both deliver`, async ({
    context,
    site,
    collector,
    received,
  }) => {
    const page = await context.newPage()
    await page.goto(`${site.url}/away.html`)
    // As React's StrictMode does it: mount, unmount, mount.
    const another = await page.evaluate(
      async ([options]) => {
        const library = '/outlast/index.js'
        const { init } = await import(library)
        const mounted = init('phc_test', options)
        mounted.capture('mounted')
        const closed = mounted.shutdown()
        window.outlast = init('phc_test', options)
        window.outlast.capture('mounted again')
        await closed
        // A second cleanup of the first is none of the second's.
        await mounted.shutdown()
        window.outlast.capture('after the first was closed')
        return { isNew: window.outlast !== mounted, isKept: init('phc_test', options) === window.outlast }
      },
      [{ host: collector.url, flushInterval: 200, worker }] as const,
    )
    expect(another).toEqual({ isNew: true, isKept: true })
    const events = await received(3)
    expect(Object.fromEntries(events.map(({ event, copies }) => [event, copies]))).toEqual({
      mounted: 1,
      'mounted again': 1,
      'after the first was closed': 1,
    })
    await expect
      .poll(() => page.evaluate(() => window.outlast.stats()))
      .toEqual({ accepted: 3, delivered: 3, pending: 0, dropped: {} })
  })
}

test('P5: what is captured on a client that was shut down is told as dropped, and warned of once', async ({ open }) => {
  const page = await open()
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  const drops = await page.evaluate(async () => {
    const told: unknown[] = []
    window.outlast.on('drop', ({ reason, count }) => told.push([reason, count]))
    await window.outlast.shutdown()
    window.outlast.capture('late')
    window.outlast.capture('later')
    return told
  })
  expect(drops).toEqual([
    ['shutdown', 1],
    ['shutdown', 1],
  ])
  await expect.poll(() => warnings.filter((text) => text.includes('captured after shutdown'))).toHaveLength(1)
})

test('P6: a worker that is registered over a backlog is there at once, although the endpoint hangs', {
  tag: '@quick',
}, async ({ open, collector, received }) => {
  collector.fault({ mode: 'down' })
  const before = await open({ worker: false, retryInitialBackoff: 100 })
  await before.evaluate(async () => {
    const failed = new Promise((resolve) => window.outlast.on('retry', resolve))
    window.outlast.capture('left')
    await failed
  })
  await before.close()
  collector.fault({ mode: 'hang' })
  const page = await open({ retryInitialBackoff: 100 })
  const { ready, readyAt } = await page.evaluate(async () => {
    const ready = await window.outlast.ready
    return { ready, readyAt: performance.now() }
  })
  expect(ready).toEqual({ host: 'worker', storage: 'indexeddb' })
  expect(readyAt).toBeLessThan(SOON_MS)
  collector.fault({ mode: 'ok' })
  await received(1)
})
