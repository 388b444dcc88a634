/** The `clock` option stamps events and nothing else. */

import type { Page } from 'playwright'
import { leave } from './leave'
import { expect, type Recorder, test } from './recorder'

const EIGHT_DAYS = 8 * 86_400_000

/** How far apart `sent_at` and the timestamp of an event may be that was just captured and is sent at once, in ms. */
const MOMENT_MS = 20_000

for (const worker of [undefined, false] as const) {
  const host = worker === false ? 'without a worker' : 'with a worker'

  test(`P5, P8: ${host}, a page whose clock is 8 days ahead expires nothing of another tab`, async ({
    context,
    site,
    recorder,
  }) => {
    const plain = await context.newPage()
    await plain.goto(`${site.url}/away.html`)
    await start(plain, recorder, { worker }, 0)
    recorder.status = 503
    await plain.evaluate(async () => {
      const failed = new Promise((resolve) => window.outlast.on('retry', resolve))
      window.outlast.capture('by the time of day')
      await failed
    })
    const ahead = await context.newPage()
    await ahead.goto(`${site.url}/away.html`)
    await start(ahead, recorder, { worker }, EIGHT_DAYS)
    recorder.status = 200
    await ahead.evaluate(() => window.outlast.capture('by a clock 8 days ahead'))
    await expect.poll(() => ahead.evaluate(() => window.outlast.pending())).toBe(0)
    expect(await ahead.evaluate(() => window.outlast.stats())).toMatchObject({ delivered: 2, dropped: {} })

    const skews = Object.fromEntries(
      recorder.requests.flatMap(({ body }) =>
        body.batch.map(({ event, timestamp }) => [event, { sentAt: Date.parse(String(body.sent_at)), timestamp }]),
      ),
    )
    const now = Date.now()
    for (const [event, skew] of [
      ['by the time of day', 0],
      ['by a clock 8 days ahead', EIGHT_DAYS],
    ] as const) {
      const { sentAt, timestamp } = skews[event] as { sentAt: number; timestamp: string }
      expect(Math.abs(sentAt - now - skew)).toBeLessThan(MOMENT_MS)
      expect(Math.abs(sentAt - Date.parse(timestamp))).toBeLessThan(MOMENT_MS)
    }
  })
}

test('P6: a beacon says when it was sent by the clock that stamped its events', async ({ context, site, recorder }) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const page = await context.newPage()
  await page.goto(`${site.url}/away.html`)
  await start(page, recorder, {}, EIGHT_DAYS)
  await page.evaluate(() => addEventListener('pagehide', () => window.outlast.capture('last words')))
  await leave(page)
  const beacons = () => recorder.requests.filter(({ path }) => path.includes('beacon=1'))
  await expect.poll(() => beacons().length).toBe(1)
  const sentAt = Date.parse(String(beacons()[0]?.body.sent_at))
  expect(Math.abs(sentAt - Date.now() - EIGHT_DAYS)).toBeLessThan(MOMENT_MS)
})

/** Starts the library in a page, with a clock that is so many ms ahead; 0: with none. */
async function start(page: Page, { url }: Recorder, options: object, aheadMs: number): Promise<void> {
  const given = { host: url, flushInterval: 200, compression: 'none', retryInitialBackoff: 200, ...options }
  await page.evaluate(
    async ([init, ms]) => {
      const library = '/outlast/index.js'
      const outlast = await import(library)
      const clock = ms === 0 ? {} : { clock: { now: () => Date.now() + ms } }
      window.outlast = outlast.init('phc_test', { ...init, ...clock })
      await window.outlast.ready
    },
    [given, aheadMs] as const,
  )
}
