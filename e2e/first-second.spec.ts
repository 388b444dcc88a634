/** Before there is a host: files that come late or never, workers that never answer, pages that are gone at once. */

import type { Page } from 'playwright'
import { atAge, BY_NEED, backupsIn, DELIVERY_FILE, expect, IN_PAGE_FILE, stored, test, WORKER_FILE } from './late-site'
import { leave } from './leave'
import { captureAndForget, stats, told } from './told'

/** A page gives a silent worker 3 s; its own code, a request, and a busy machine take the rest. In ms. */
const SECONDS_MS = 6_000

/** Code that does not come is given 10 s. In ms. */
const CODE_MS = 13_000

/** A page that goes on without its worker asks for it after 5 s, and ever less often. In ms. */
const BACK_MS = 40_000

/** Nothing is sent by itself while a test looks. */
const UNSENT = { flushInterval: 60_000, flushAt: 10_000 }

/** What each call resolves with, or `'never'` where it has not after so many ms. */
const settle = (page: Page, ms: number) =>
  page.evaluate(async (limit) => {
    const { outlast } = window
    const calls = {
      ready: outlast.ready,
      flush: outlast.flush(),
      stats: outlast.stats(),
      pending: outlast.pending(),
      flags: outlast.getFeatureFlags(),
    }
    const never = new Promise((resolve) => setTimeout(resolve, limit, 'never'))
    const settled = Object.entries(calls).map(async ([name, call]) => [name, await Promise.race([call, never])])
    return Object.fromEntries(await Promise.all(settled))
  }, ms)

/** Resolves once the worker, and no page, has taken an event of this one. */
const wentBackToWorker = async (page: Page) => {
  await page.evaluate(() =>
    navigator.serviceWorker.addEventListener('message', ({ data }) => {
      if (data.type === 'committed') Object.assign(window, { committedByWorker: true })
    }),
  )
  const captured = () =>
    page.evaluate(() => {
      window.outlast.capture('later')
      return 'committedByWorker' in window
    })
  await expect.poll(captured, { timeout: BACK_MS, intervals: [500] }).toBe(true)
}

/** Shuts down and says how long that took, in ms. */
const shutdown = (page: Page, timeoutMs: number) =>
  page.evaluate(async (timeout) => {
    const from = performance.now()
    const result = await window.outlast.shutdown(timeout)
    return { result, tookMs: performance.now() - from }
  }, timeoutMs)

test('P5, P6: a worker file that never comes: pages take over within seconds, say so, and go back to the worker', async ({
  visit,
  received,
  site,
  context,
}) => {
  test.setTimeout(120_000)
  site.hold(WORKER_FILE)
  const pages: Page[] = []
  for (const name of ['in the first page', 'in the second page']) {
    const page = await visit()
    pages.push(page)
    await captureAndForget(page, name)
    const settled = await settle(page, SECONDS_MS)
    expect(Object.values(settled)).not.toContain('never')
    expect(settled).toMatchObject({ ready: { host: 'page', storage: 'indexeddb' } })
    const { degraded } = await told(page)
    expect(degraded).toEqual([
      { from: 'worker', to: 'page', reason: expect.stringContaining('the worker takes too long to start') },
    ])
    const said = async () => (await told(page)).warnings.filter((text) => text.includes('no worker at'))
    await expect.poll(said).toHaveLength(1)
    await received(pages.length)
  }
  expect(site.held(WORKER_FILE)).toBeGreaterThan(0)
  site.recover(WORKER_FILE)
  for (const page of pages) await wentBackToWorker(page)
  expect(context.serviceWorkers()).toHaveLength(1)
  const next = await visit()
  expect(await next.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
})

for (const [what, file, options] of [
  ['late code', DELIVERY_FILE, {}],
  ['in-page code', IN_PAGE_FILE, { worker: false }],
  ['code for a mask', BY_NEED.masking, { mask: { hash: true } }],
  ['code for a known person', BY_NEED.bootstrap, { bootstrap: { distinctId: 'ada' } }],
] as const) {
  test(`P5: ${what} that never comes: every promise settles, and the event is on disk and delivered by the next visit`, async ({
    visit,
    received,
    site,
  }) => {
    test.setTimeout(60_000)
    site.hold(file)
    const page = await visit(options)
    await captureAndForget(page, 'kept')
    const settled = await settle(page, CODE_MS)
    expect(Object.values(settled)).not.toContain('never')
    expect(settled).toMatchObject({ ready: { host: 'memory' }, pending: 1, stats: { accepted: 1, pending: 1 } })
    expect((await told(page)).degraded).toHaveLength(1)
    expect(await stored(page, 'journal')).toEqual(['kept'])
    // Without beacons, which would arrive too.
    await page.close({ runBeforeUnload: false })
    site.recover(file)
    await visit(options)
    const [event] = await received(1)
    expect(event?.event).toBe('kept')
  })

  test(`P5: ${what} that never comes: a shutdown ends within its time, with the event on disk`, async ({
    visit,
    received,
    site,
  }) => {
    site.hold(file)
    const page = await visit(options)
    await expect.poll(() => site.held(file)).toBe(1)
    await captureAndForget(page, 'kept')
    const { result, tookMs } = await shutdown(page, 1_000)
    expect(tookMs).toBeLessThan(1_500)
    expect(result).toEqual({ delivered: 0, kept: 1, dropped: 0 })
    expect(await stored(page, 'journal')).toEqual(['kept'])
    await page.close({ runBeforeUnload: false })
    site.recover(file)
    await visit(options)
    const [event] = await received(1)
    expect(event?.event).toBe('kept')
  })
}

/** A worker that the site had there before: it takes messages, answers none, and is never done with one. */
const MUTE_WORKER = `
  addEventListener('install', () => skipWaiting())
  addEventListener('message', (event) => event.waitUntil(new Promise(() => undefined)))`

for (const waits of [false, true]) {
  test.describe(`P5: an active worker that never answers${waits ? ', with the new one waiting' : ''}`, () => {
    test.beforeEach(async ({ site, context }) => {
      const headers = { 'Content-Type': 'text/javascript' }
      site.answer(WORKER_FILE, { status: 200, headers, body: MUTE_WORKER })
      const page = await context.newPage()
      await page.goto(`${site.url}/away.html`)
      await page.evaluate(async (file) => {
        const registration = await navigator.serviceWorker.register(file)
        while (!registration.active) await new Promise((resolve) => setTimeout(resolve, 10))
        registration.active.postMessage('you have something to do')
      }, WORKER_FILE)
      if (waits) {
        site.answer(WORKER_FILE, undefined)
        await page.evaluate(async (scope) => {
          const registration = await navigator.serviceWorker.getRegistration(scope)
          await registration?.update()
          while (!registration?.waiting) await new Promise((resolve) => setTimeout(resolve, 10))
        }, '/__outlast/')
      }
      await page.close()
    })

    for (const ageMs of [0, 500, 1_900]) {
      test(`costs nothing that is captured by a page that is left after ${ageMs} ms`, async ({ visit, received }) => {
        const page = await visit(UNSENT)
        await captureAndForget(page, 'before it went')
        await atAge(page, ageMs)
        await leave(page)
        const [event] = await received(1)
        expect(event?.event).toBe('before it went')
      })
    }

    test('costs a page that stays some seconds, and it says so', async ({ visit, received }) => {
      const page = await visit()
      const capturedAt = Date.now()
      await captureAndForget(page, 'patient')
      await received(1)
      expect(Date.now() - capturedAt).toBeLessThan(SECONDS_MS)
      expect((await told(page)).degraded).toEqual([{ from: 'worker', to: 'page', reason: 'no answer' }])
    })
  })
}

for (const ms of [100, 500, 1_500, 3_000]) {
  test(`P3: a page without a worker that closes ${ms} ms after a capture delivers without another visit`, async ({
    visit,
    received,
  }) => {
    const page = await visit({ ...UNSENT, worker: false })
    const age = await page.evaluate(() => {
      window.outlast.capture('before it went')
      return performance.now()
    })
    await atAge(page, age + ms)
    await leave(page)
    const [event] = await received(1)
    expect(event?.event).toBe('before it went')
  })
}

test('P3, P5: a page that is hidden before there is a host keeps what it has, and beacons it', {
  tag: '@quick',
}, async ({ visit, received, collector, site, context }) => {
  site.hold(DELIVERY_FILE)
  const page = await visit()
  await captureAndForget(page, 'first')
  // The page has read the rules by then: as long as it has not, it sends no beacon.
  await expect.poll(() => stored(page, 'journal')).toEqual(['first'])
  await page.evaluate(() => {
    window.outlast.capture('before it was hidden')
    // As when the person takes another app: nothing is said after this.
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  const names = ['first', 'before it was hidden']
  expect((await received(2)).map(({ event }) => event)).toEqual(names)
  await expect.poll(() => stored(page, 'journal')).toEqual(names)
  // As when the phone then ends the app.
  const cdp = await context.newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  cdp.send('Page.crash').catch(() => undefined) // It has no answer.
  await crashed
  site.recover(DELIVERY_FILE)
  const next = await visit()
  await expect.poll(() => stats(next)).toMatchObject({ accepted: 2, delivered: 2, pending: 0 })
  expect(await collector.stats()).toMatchObject({ events: 2, copies: 4, altered: 0 })
})

/** The most requests, one batch after page after page has left with it in a request: 5 s pass before the second, then 10. */
const requestsWithin = (ms: number) => 1 + Math.floor(Math.log2(ms / 5_000 + 1))

for (const [what, answersAfter] of [
  ['takes 2 s to answer', 2_000],
  ['hangs', Number.POSITIVE_INFINITY],
] as const) {
  test(`P4: a page that hosts its queue, navigated 8 times while the endpoint ${what}: at most 3 copies arrive, unless that takes long`, async ({
    visit,
    recorder,
  }) => {
    test.setTimeout(90_000)
    recorder.answersAfter = answersAfter
    const options = { host: recorder.url, compression: 'none', worker: false, flushInterval: 0, requestTimeout: 5_000 }
    const page = await visit(options)
    const uuids = () => recorder.requests.flatMap(({ body }) => body.batch.map(({ uuid }) => uuid))
    const capturedAt = Date.now()
    await captureAndForget(page, 'once')
    for (let times = 0; times < 8; times++) {
      await atAge(page, 300)
      await page.reload()
      await page.waitForFunction(() => window.outlast)
    }
    recorder.answersAfter = 0
    const early = uuids().length
    // One of them is the beacon of the first page.
    expect(early).toBeLessThanOrEqual(1 + requestsWithin(Date.now() - capturedAt))
    await expect
      .poll(() => stats(page), { timeout: 40_000 })
      .toMatchObject({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
    expect(new Set(uuids()).size).toBe(1)
    expect(uuids().length).toBeLessThanOrEqual(early + 1)
  })
}

test('P4: what a page wrote down as it went is not beaconed again by later pages', async ({
  visit,
  recorder,
  site,
}) => {
  site.hold(IN_PAGE_FILE)
  const options = { host: recorder.url, compression: 'none', worker: false }
  const page = await visit(options)
  await page.evaluate(() => addEventListener('pagehide', () => window.outlast.capture('last words')))
  await leave(page)
  const beacons = () => recorder.requests.filter(({ path }) => path.includes('beacon=1'))
  await expect.poll(() => beacons().length).toBe(1)
  for (let pages = 0; pages < 3; pages++) {
    const later = await visit(options)
    // Its late code has looked at what was left.
    await expect.poll(() => backupsIn(later)).toEqual([])
    await leave(later)
  }
  site.recover(IN_PAGE_FILE)
  const last = await visit(options)
  await expect.poll(() => stats(last), { timeout: CODE_MS }).toMatchObject({ accepted: 1, delivered: 1, pending: 0 })
  expect(beacons()).toHaveLength(1)
  expect(recorder.requests).toHaveLength(2)
})

/** What another process has written to localStorage comes a moment later. */
const sees = (page: Page, backups: number) => expect.poll(() => backupsIn(page)).toHaveLength(backups)

/** Leaves a page whose events, captured in its last task, are on no disk yet. It sees the backups of pages that were left before. */
async function leaveWith(page: Page, before: number, name: string, count: number, size = 10): Promise<void> {
  await sees(page, before)
  await page.evaluate(
    ([event, many, length]) =>
      addEventListener('pagehide', () => {
        // As mostly: nothing asynchronous ends in time, so what is captured here can be written to localStorage alone.
        IDBDatabase.prototype.transaction = () => {
          throw new DOMException('the page is gone', 'InvalidStateError')
        }
        for (let index = 0; index < many; index++) {
          window.outlast.capture(`${event} ${index}`, { text: 'x'.repeat(length) })
        }
      }),
    [name, count, size] as const,
  )
  // Chromium ends a closed tab after 500 ms, which a busy machine may take: a page that another one follows has the time it needs.
  await page.goto(new URL('/away.html', page.url()).href)
}

test.describe('P5, P7: what two pages wrote down as they went', () => {
  test('is not cut by a third', async ({ visit, received, collector, context, site }) => {
    const options = { worker: false }
    const [a, b, c] = [await visit(options), await visit(options), await visit(options)]
    await Promise.all([a, b, c].map((page) => page.evaluate(() => window.outlast.ready)))
    const plain = await context.newPage()
    await plain.goto(`${site.url}/away.html`)
    collector.fault({ mode: '503' })
    await leaveWith(a, 0, 'a', 8)
    await leaveWith(b, 1, 'b', 8)
    await leaveWith(c, 2, 'c', 8)
    await sees(plain, 3)
    collector.fault({ mode: 'ok' })
    const next = await visit(options)
    const events = await received(24)
    expect(new Set(events.map(({ event }) => event)).size).toBe(24)
    await expect.poll(() => stats(next)).toEqual({ accepted: 24, delivered: 24, pending: 0, dropped: {} })
  })

  test('goes beyond the bound of the origin oldest first, and is counted', async ({
    visit,
    received,
    collector,
    context,
    site,
  }) => {
    const options = { worker: false }
    const pages = [await visit(options), await visit(options), await visit(options)]
    await Promise.all(pages.map((page) => page.evaluate(() => window.outlast.ready)))
    const plain = await context.newPage()
    await plain.goto(`${site.url}/away.html`)
    collector.fault({ mode: '503' })
    for (const [index, name] of ['oldest', 'middle', 'newest'].entries()) {
      await leaveWith(pages[index] as Page, index, name, 4, 50_000)
    }
    await sees(plain, 3)
    collector.fault({ mode: 'ok' })
    const next = await visit(options)
    await expect
      .poll(() => stats(next))
      .toEqual({ accepted: 12, delivered: 8, pending: 0, dropped: { storage_full: 4 } })
    const events = await received(8)
    expect(events.filter(({ event }) => event.startsWith('oldest'))).toEqual([])
  })
})

test('P5, P7: of more than localStorage has room for, what a page leaves in its first moments arrives as far as it fits, and the rest is counted', async ({
  visit,
  received,
  site,
}) => {
  site.hold(DELIVERY_FILE)
  const page = await visit()
  await page.evaluate(() => {
    // As in a page that is gone before the disk has answered.
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('the page is gone', 'InvalidStateError')
    }
    for (const name of ['first', 'second', 'third']) window.outlast.capture(name, { text: 'x'.repeat(200_000) })
    window.outlast.capture('small')
  })
  await page.goto(`${site.url}/away.html`)
  site.recover(DELIVERY_FILE)
  const next = await visit()
  await expect.poll(() => stats(next)).toEqual({ accepted: 4, delivered: 3, pending: 0, dropped: { storage_full: 1 } })
  const events = await received(3)
  expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['first', 'second', 'small']))
})
