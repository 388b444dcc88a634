/** What the server says, and what stands before it: a refusal for one event, a portal's page, a content blocker. */

import { serve } from '../demo/serve'
import { expect, test } from './fixtures'
import { capture, captureAndForget, PAGE, stats, told } from './told'

const WIRES = { v0: {}, v1: { captureMode: 'v1' } } as const
const HOSTS = { worker: {}, page: { worker: false } } as const

for (const [host, ofHost] of Object.entries(HOSTS)) {
  for (const [wire, ofWire] of Object.entries(WIRES)) {
    const options = { ...ofHost, ...ofWire, retryMaxBackoff: 500 }

    test(`P5: ${wire}, ${host}: a 400 for one event of a batch costs that event alone`, async ({
      open,
      collector,
      received,
    }) => {
      collector.fault({ mode: '400', event: 'bad' })
      const page = await open(options, PAGE)
      await captureAndForget(page, 'one', 'bad', 'two')
      expect((await received(2)).map(({ event }) => event).sort()).toEqual(['one', 'two'])
      await expect
        .poll(() => stats(page), { timeout: 20_000 })
        .toMatchObject({ delivered: 2, pending: 0, dropped: { rejected: 1 } })
      expect((await told(page)).drop).toMatchObject([
        { reason: 'rejected', status: 400, detail: expect.stringContaining('an event of the batch is not valid') },
      ])
      // The batch, its halves, and the halves of the one that was refused.
      expect((await collector.stats()).requests).toBe(5)
    })

    test(`P6: ${wire}, ${host}: a server that answers 400 to everything is not asked for each event for ever`, async ({
      open,
      collector,
    }) => {
      collector.fault({ mode: '400' })
      const page = await open({ ...options, maxBatchSize: 50 }, PAGE)
      const many = Array.from({ length: 50 }, (_, index) => `event ${index}`)
      const rejected = (count: number) =>
        expect
          .poll(() => stats(page), { timeout: 20_000 })
          .toMatchObject({ pending: 0, delivered: 0, dropped: { rejected: count } })
      await capture(page, ...many)
      await rejected(50)
      const before = (await collector.stats()).requests
      expect(before).toBeLessThan(45)
      await capture(page, ...many)
      await rejected(100)
      expect((await collector.stats()).requests - before).toBe(1)
    })

    test(`P5: ${wire}, ${host}: a portal's page is no delivery, and events wait until it is gone`, async ({
      open,
      collector,
      received,
    }) => {
      collector.fault({ mode: 'portal' })
      const page = await open(options, PAGE)
      await page.evaluate(() => {
        Object.assign(window, { causes: [] as string[] })
        window.outlast.on('retry', ({ cause }) => (window as unknown as { causes: string[] }).causes.push(cause))
      })
      await capture(page, 'one', 'two')
      await expect.poll(async () => (await collector.stats()).requests, { timeout: 20_000 }).toBeGreaterThan(2)
      expect(await stats(page)).toMatchObject({ pending: 2, delivered: 0, dropped: {} })
      const causes = await page.evaluate(() => (window as unknown as { causes: string[] }).causes)
      expect(causes[0]).toMatch(/^answered with a page/)
      await expect.poll(async () => (await told(page)).degraded.length, { timeout: 20_000 }).toBe(1)
      collector.fault({ mode: 'ok' })
      await received(2)
      await expect.poll(() => stats(page), { timeout: 20_000 }).toMatchObject({ pending: 0, delivered: 2 })
    })
  }
}

for (const status of [425, 501, 505, 511]) {
  test(`P5: ${status} is tried again`, async ({ open, context, received, collector }) => {
    let failures = 2
    await context.route(`${collector.url}/batch/**`, (route) =>
      failures-- > 0 ? route.fulfill({ status, headers: { 'Access-Control-Allow-Origin': '*' } }) : route.continue(),
    )
    const page = await open({ worker: false, retryMaxBackoff: 200 }, PAGE)
    await capture(page, 'one')
    await received(1)
    await expect.poll(() => stats(page)).toMatchObject({ delivered: 1, dropped: {} })
    expect(failures).toBeLessThan(0)
  })
}

test('P6: a content blocker makes the pause grow to minutes, and is told once, with the way past it', async ({
  open,
  context,
  collector,
  received,
}) => {
  await context.clock.install()
  const page = await open({ worker: false }, PAGE)
  let blocked = 0
  page.on('requestfailed', () => {
    blocked += 1
  })
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setBlockedURLs', { urls: [`${collector.url}/*`] })
  await capture(page, 'one')
  const pass = async (minutes: number) => {
    // A jump fires what is due by then. Between jumps time goes by as ever, so that a request takes as long as it takes.
    for (let jumps = 0; jumps < minutes * 2; jumps++) {
      await page.clock.fastForward(30_000)
      await page.waitForTimeout(100)
    }
  }
  await pass(15)
  const before = blocked
  await capture(page, 'two', 'three')
  await pass(15)
  // Batches that wait, and new events, are tried every five minutes.
  expect(blocked - before).toBeLessThanOrEqual(6)
  expect(blocked - before).toBeGreaterThanOrEqual(2)
  const { degraded, warnings } = await told(page)
  expect(degraded).toMatchObject([{ from: 'page', to: 'page', reason: expect.stringContaining('docs/proxy.md') }])
  expect(warnings.filter((warning) => warning.includes('docs/proxy.md'))).toHaveLength(1)
  await devtools.send('Network.setBlockedURLs', { urls: [] })
  await pass(6)
  await received(3)
})

test('the demo has a portal to try: events wait behind its page, and arrive once it is gone', async ({ context }) => {
  const demo = await serve({ port: 0 })
  const collected = async () => ((await (await fetch(`${demo.url}_control/stats`)).json()) as { events: number }).events
  try {
    const page = await context.newPage()
    await page.goto(demo.url)
    await page.getByRole('radio', { name: /^portal/ }).check()
    const before = await collected()
    await page.getByRole('button', { name: /^Add/ }).first().click()
    await expect(page.getByText('product_added').first()).toBeVisible()
    await page.waitForTimeout(1_000)
    expect(await collected()).toBe(before)
    await page.getByRole('radio', { name: /^ok/ }).check()
    await expect.poll(collected, { timeout: 40_000 }).toBeGreaterThan(before)
  } finally {
    await demo.close()
  }
})
