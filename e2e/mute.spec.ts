import type { Page } from 'playwright'
import { expect, test } from './fixtures'
import { holdTheDisk } from './hold-tables'
import { mute } from './mute'
import { capture, captureAndForget, PAGE, stats, told } from './told'

const HOSTS = [
  ['the worker', {}],
  ['the page', { worker: false }],
] as const

/** What a visitor's page may be kept waiting for by a part of the platform that never answers, in ms. */
const SECONDS_MS = 16_000

/** How long it takes, in ms. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = Date.now()
  await work()
  return Date.now() - from
}

const flush = (page: Page) => page.evaluate(() => window.outlast.flush())

for (const [host, options] of HOSTS) {
  test(`P6: locks that never answer hold up neither flush nor delivery in ${host}`, async ({
    open,
    received,
    context,
    site,
  }) => {
    await mute('locks', context, site)
    const page = await open({ ...options, flushAt: 1 }, PAGE)
    const name = host === 'the page' ? 'page' : 'worker'
    expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: name, storage: 'indexeddb' })
    await captureAndForget(page, 'one')
    expect(await timed(() => flush(page))).toBeLessThan(SECONDS_MS / 2)
    await received(1)
    // Each batch would otherwise wait for as long as the first one.
    expect(
      await timed(async () => {
        for (const event of ['two', 'three', 'four']) {
          await captureAndForget(page, event)
          await flush(page)
        }
      }),
    ).toBeLessThan(SECONDS_MS / 4)
    expect((await received(4)).map(({ copies }) => copies)).toEqual([1, 1, 1, 1])
    await expect.poll(() => stats(page)).toEqual({ accepted: 4, delivered: 4, pending: 0, dropped: {} })
    expect((await told(page)).degraded).toEqual([])
  })

  test(`P5, P6: a database that never opens leaves memory, within seconds and with a reason, with ${host} as host`, async ({
    open,
    received,
    context,
    site,
  }) => {
    await mute('open', context, site)
    let page: Page | undefined
    expect(
      await timed(async () => {
        page = await open(options, PAGE)
      }),
    ).toBeLessThan(SECONDS_MS)
    if (!page) return
    expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'memory', storage: 'memory' })
    await captureAndForget(page, 'one')
    expect(await timed(() => flush(page as Page))).toBeLessThan(SECONDS_MS / 4)
    const [event] = await received(1)
    expect(event).toMatchObject({ event: 'one', copies: 1 })
    const { degraded } = await told(page)
    expect(degraded.filter(({ to }) => to === 'memory')).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('takes too long') }),
    ])
  })

  test(`P6: a first open that never answers, as in Safari 14.1, costs some seconds and no event in ${host}`, async ({
    open,
    received,
    context,
    site,
  }) => {
    await mute('firstOpen', context, site)
    const page = await open(options, PAGE)
    expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ storage: 'indexeddb' })
    await captureAndForget(page, 'one')
    expect(await timed(() => flush(page))).toBeLessThan(SECONDS_MS)
    const [event] = await received(1)
    expect(event).toMatchObject({ event: 'one', copies: 1 })
    await expect.poll(() => stats(page)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
  })

  test(`P4, P5, P6: transactions that never answer are given up in ${host}: events go on, and none is lost or counted twice`, async ({
    open,
    received,
    context,
    site,
  }) => {
    test.setTimeout(90_000)
    const page = await open(options, PAGE)
    await capture(page, 'before')
    await received(1)
    await expect.poll(() => stats(page)).toMatchObject({ pending: 0 })
    const other = await context.newPage()
    await other.goto(`${site.url}/away.html`)
    const disk = await holdTheDisk(other)
    await captureAndForget(page, 'meanwhile')
    expect(await timed(() => flush(page))).toBeLessThan(2 * SECONDS_MS)
    expect((await received(2)).map(({ event }) => event)).toEqual(['before', 'meanwhile'])
    const { degraded } = await told(page)
    expect(degraded.at(-1)).toMatchObject({ to: 'memory', reason: expect.stringContaining('gives no answer') })
    expect(await page.evaluate(() => window.outlast.shutdown(1_000))).toMatchObject({ dropped: 0 })
    await disk.letGo()
    await page.close()
    const next = await open(options, PAGE)
    await capture(next, 'after')
    // What the page had given up to the disk may be written there after all, and is then sent with the same uuid.
    await expect.poll(async () => (await stats(next)).pending, { timeout: 15_000 }).toBe(0)
    const events = await received(3)
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['before', 'meanwhile', 'after']))
    const { accepted, delivered, dropped } = await stats(next)
    expect(accepted).toBe(delivered)
    expect(accepted).toBeLessThanOrEqual(3)
    expect(dropped).toEqual({})
  })
}
