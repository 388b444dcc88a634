import type { BrowserContext, Page } from 'playwright'
import { expect, test } from './fixtures'
import { holdTheDisk } from './hold-tables'
import type { Site } from './site'
import { capture, captureAndForget, PAGE, stats, told } from './told'
import { buildVariant, FIRST_DATABASE, NEXT_DATABASE, serve, withdraw } from './variant'
import { takeOver, unregister, update } from './worker-lives'

const IN_WORKER = {}
const IN_PAGE = { worker: false }
const HOSTS = [
  ['the worker', IN_WORKER],
  ['the page', IN_PAGE],
] as const

/** Clears this kind of the site's data, as a browser does to make room, or for a visitor. */
async function clearData(page: Page, { url }: Site, kind: 'indexeddb' | 'service_workers' | 'all'): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Storage.clearDataForOrigin', { origin: url, storageTypes: kind })
}

const deleteDatabase = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase('outlast')
        deleting.onsuccess = () => resolve()
        deleting.onerror = () => reject(deleting.error)
      }),
  )

for (const [host, options] of HOSTS) {
  test(`P5, P11: a database deleted under ${host} is made anew, and the page is told`, async ({
    open,
    received,
    collector,
  }) => {
    collector.fault({ mode: '503' })
    const page = await open(options, PAGE)
    await capture(page, 'lost with the database')
    await deleteDatabase(page)
    await capture(page, 'after it')
    collector.fault({ mode: 'ok' })
    const events = await received(1)
    expect(events.map(({ event }) => event)).toEqual(['after it'])
    const name = options === IN_PAGE ? 'page' : 'worker'
    expect((await told(page)).degraded).toEqual([
      { from: name, to: name, reason: expect.stringContaining('the stored queue was deleted') },
    ])
    await expect.poll(() => stats(page)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
  })

  test(`P2, P5: a database evicted under ${host} costs what was in it, and nothing later`, async ({
    open,
    received,
    site,
  }) => {
    const page = await open(options, PAGE)
    await capture(page, 'before')
    await received(1)
    await clearData(page, site, 'indexeddb')
    await capture(page, 'after')
    const events = await received(2)
    expect(events.map(({ copies }) => copies)).toEqual([1, 1])
    expect((await told(page)).degraded).toHaveLength(1)
    await expect.poll(() => stats(page)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
  })
}

/** How long after its capture an event is claimed in the test below, in ms: by then the disk is held. */
const CLAIMED_AFTER_MS = 2_000

/** Resolves once a host claims, or has something in a request: it holds a lock meanwhile. */
const untilClaiming = (page: Page) =>
  page.evaluate(async () => {
    const isClaiming = async () => (await navigator.locks.query()).held?.some(({ name }) => name?.includes(':sender:'))
    while (!(await isClaiming())) await new Promise((resolve) => setTimeout(resolve, 5))
  })

for (const [host, options] of HOSTS) {
  test(`P5, P11: a database evicted during a transaction of ${host} is made anew at once, and the page is told once`, async ({
    open,
    received,
    collector,
    site,
    context,
  }) => {
    collector.fault({ mode: '503' })
    const page = await open({ ...options, flushInterval: CLAIMED_AFTER_MS }, PAGE)
    const holder = await context.newPage()
    await holder.goto(`${site.url}/away.html`)
    await capture(page, 'evicted with the database')
    await holdTheDisk(holder)
    await untilClaiming(page)
    await clearData(page, site, 'indexeddb')
    collector.fault({ mode: 'ok' })
    await capture(page, 'after')
    const events = await received(1)
    expect(events.map(({ event, copies }) => [event, copies])).toEqual([['after', 1]])
    await expect.poll(() => stats(page)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
    expect((await told(page)).degraded).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('the stored queue was deleted') }),
    ])
  })
}

test('P5: all data of the site cleared under a live page, worker included: both are had anew', async ({
  open,
  received,
  site,
}) => {
  const page = await open({}, PAGE)
  await capture(page, 'before')
  await received(1)
  await clearData(page, site, 'all')
  await capture(page, 'after')
  const events = await received(2)
  expect(events.map(({ copies }) => copies)).toEqual([1, 1])
  await expect.poll(() => stats(page)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(1)
})

test('P5: a worker removed under a live page that leaves at once loses nothing', async ({ open, received, site }) => {
  const page = await open({ flushInterval: 60_000 }, PAGE)
  await clearData(page, site, 'service_workers')
  await page.evaluate(() => {
    addEventListener('pagehide', () => window.outlast.capture('last words'))
    location.href = '/away.html'
  })
  const [event] = await received(1)
  expect(event).toMatchObject({ event: 'last words' })
})

test('P8: a database that somebody holds open holds up an upgrade, not the page: memory, and the queue on the next visit', async ({
  open,
  received,
  collector,
  site,
  context,
}) => {
  test.setTimeout(90_000)
  collector.fault({ mode: '503' })
  const old = await open(IN_PAGE, PAGE)
  await capture(old, 'queued before the upgrade')
  await old.close()
  const holder = await context.newPage()
  await holder.goto(`${site.url}/away.html`)
  // Later than the beacon of the page that is gone.
  collector.fault({ mode: 'ok' })
  await holder.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('outlast')
        opening.onsuccess = () => {
          Object.assign(window, { held: opening.result })
          resolve()
        }
      }),
  )
  serve(site, await buildVariant([NEXT_DATABASE]))
  const page = await open(IN_PAGE, PAGE)
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'memory', storage: 'memory' })
  expect((await told(page)).degraded).toEqual([
    { from: 'worker', to: 'memory', reason: expect.stringContaining('takes too long') },
  ])
  await capture(page, 'while it is held')
  const events = await received(1)
  expect(events.map(({ event }) => event)).toEqual(['while it is held'])
  await holder.close()
  const next = await open(IN_PAGE, PAGE)
  expect((await received(2)).map(({ event }) => event).sort()).toEqual([
    'queued before the upgrade',
    'while it is held',
  ])
  await expect.poll(async () => (await stats(next)).pending).toBe(0)
})

for (const [host, options] of HOSTS) {
  test(`P8: a queue full of events of an older schema is drained after the upgrade by ${host}`, async ({
    open,
    received,
    collector,
    site,
  }) => {
    const first = await buildVariant(FIRST_DATABASE)
    serve(site, first)
    collector.fault({ mode: '503' })
    const old = await open(options, PAGE)
    await capture(old, ...Array.from({ length: 500 }, (_, n) => `event ${n}`))
    await expect.poll(async () => (await collector.stats()).requests).toBeGreaterThan(0)
    await capture(old, 'in the lane')
    expect(await versionOf(old)).toBe(1)
    withdraw(site, first)
    if (options === IN_WORKER) {
      await update(old)
      await takeOver(old)
    }
    await old.close()
    const next = await open(options, PAGE)
    // Later than the beacons of the page that is gone: one that was taken would be a second copy.
    collector.fault({ mode: 'ok' })
    const events = await received(501)
    expect(new Set(events.map(({ copies }) => copies))).toEqual(new Set([1]))
    await expect.poll(() => stats(next)).toEqual({ accepted: 501, delivered: 501, pending: 0, dropped: {} })
    expect(await versionOf(next)).toBe(3)
  })

  test(`P8, P11: an older version leaves a newer database alone, in ${host}: memory, until the upgrade is back`, async ({
    open,
    received,
    collector,
    site,
  }) => {
    const newer = await buildVariant([NEXT_DATABASE])
    serve(site, newer)
    collector.fault({ mode: '503' })
    const first = await open(options, PAGE)
    await capture(first, 'queued by the newer version')
    withdraw(site, newer)
    await unregister(first)
    await first.close()
    const page = await open(options, PAGE)
    // Later than the beacon of the page that is gone.
    collector.fault({ mode: 'ok' })
    await captureAndForget(page, 'from the older version')
    const events = await received(1)
    expect(events.map(({ event }) => event)).toEqual(['from the older version'])
    const { degraded, drop } = await told(page)
    expect(degraded.at(-1)).toMatchObject({ to: 'memory', reason: expect.stringContaining('VersionError') })
    expect(drop).toEqual([])
    expect(await versionOf(page)).toBe(4)
    serve(site, newer)
    await unregister(page)
    await page.close()
    const next = await open(options, PAGE)
    expect((await received(2)).map(({ copies }) => copies)).toEqual([1, 1])
    await expect.poll(() => stats(next)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
  })
}

const versionOf = (page: Page) =>
  page.evaluate(async () => (await indexedDB.databases()).find(({ name }) => name === 'outlast')?.version)

/** Room for the database and the worker, and for some 50 of the events below. */
const SMALL_QUOTA = 500_000

for (const [host, options] of HOSTS) {
  test(`P5, P7: a quota used up mid-run in ${host} refuses events with a reason, and the queue is drained all the same`, async ({
    open,
    received,
    collector,
    site,
    context,
  }) => {
    collector.fault({ mode: 'hang' })
    const setQuota = await quotaOf(context, site.url)
    await setQuota(SMALL_QUOTA)
    const page = await open({ ...options, flushAt: 10 }, PAGE)
    const captured = await fill(page)
    const { drop } = await told(page)
    const refused = drop.reduce((sum, { count }) => sum + count, 0)
    expect(drop.map(({ reason }) => reason)).toContain('storage_full')
    collector.fault({ mode: 'ok' })
    await received(captured - refused)
    // An answer may have to wait for the browser to clean up behind what was removed.
    await expect
      .poll(() => stats(page), { timeout: 15_000 })
      .toEqual({ accepted: captured, delivered: captured - refused, pending: 0, dropped: { storage_full: refused } })
    await setQuota(undefined)
    await capture(page, 'when there was room again')
    expect((await received(captured - refused + 1)).map(({ copies }) => copies)).not.toContain(2)
    expect((await told(page)).degraded).toEqual([])
  })

  test(`P5, P7: in ${host} of an origin without any room, events are delivered from memory, and the page is told`, async ({
    open,
    received,
    site,
    context,
  }) => {
    const setQuota = await quotaOf(context, site.url)
    await setQuota(1)
    const page = await open(options, PAGE)
    const names = ['one', 'two', 'three', 'four']
    for (const name of names) await capture(page, name)
    await expect.poll(() => stats(page)).toMatchObject({ accepted: 4, pending: 0 })
    // The first is refused for want of room. Where the answer is late, it has been handed over again by then, to a host in memory.
    const { storage_full: refused = 0 } = (await stats(page)).dropped
    expect(refused).toBeLessThanOrEqual(1)
    const events = await received(4 - refused)
    expect(events.map(({ event }) => event)).toEqual(names.slice(refused))
    const dropped = refused ? { storage_full: refused } : {}
    expect(await stats(page)).toEqual({ accepted: 4, delivered: 4 - refused, pending: 0, dropped })
    const { degraded, drop } = await told(page)
    expect(degraded.at(-1)).toMatchObject({ to: 'memory', reason: expect.stringContaining('storage_full') })
    expect(drop).toEqual(refused ? [expect.objectContaining({ count: 1, reason: 'storage_full' })] : [])
  })
}

async function quotaOf(context: BrowserContext, origin: string) {
  const cdp = await context.newCDPSession(await context.newPage())
  return (quotaSize: number | undefined) =>
    cdp.send('Storage.overrideQuotaForOrigin', { origin, ...(quotaSize === undefined ? {} : { quotaSize }) })
}

/** Captures events one after the other until one is refused. Returns how many. */
const fill = (page: Page) =>
  page.evaluate(async () => {
    // It does not compress: what counts towards the quota is what is stored.
    const noise = () => Array.from(crypto.getRandomValues(new Uint32Array(600)), (n) => n.toString(36)).join('')
    for (let captured = 1; ; captured++) {
      window.outlast.capture('big', { noise: noise() })
      await window.outlast.stats()
      if (window.told.drop.length > 0) return captured
    }
  })

for (const kind of ['localStorage', 'sessionStorage'] as const) {
  test(`P1, P11: a full ${kind} costs no event, and identity and session are stable for the page`, async ({
    open,
    received,
  }) => {
    const page = await open({}, PAGE)
    await page.evaluate((name) => {
      const storage = window[name]
      for (let size = 1 << 22; size > 0; size >>= 1) {
        try {
          storage.setItem(`filler ${size}`, 'x'.repeat(size))
        } catch {
          // That is what is wanted: not a character more fits.
        }
      }
    }, kind)
    await page.reload()
    await page.evaluate(() => window.outlast.ready)
    const ids = await page.evaluate(() => {
      window.outlast.register({ plan: 'pro', pad: 'x'.repeat(10_000) })
      const before = [window.outlast.getDistinctId(), window.outlast.getSessionId()]
      window.outlast.capture('one')
      window.outlast.capture('two')
      return { before, after: [window.outlast.getDistinctId(), window.outlast.getSessionId()] }
    })
    expect(ids.after).toEqual(ids.before)
    const events = await received(2)
    for (const { distinct_id, properties } of events) {
      expect([distinct_id, properties.$session_id]).toEqual(ids.before)
      expect(properties.plan).toBe('pro')
    }
  })
}

test('P1, P11: denied localStorage and sessionStorage cost no event', { tag: '@quick' }, async ({
  open,
  received,
  context,
}) => {
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('denied', 'SecurityError')
        },
      })
    }
  })
  const page = await open({}, PAGE)
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'worker', storage: 'indexeddb' })
  const ids = await page.evaluate(() => {
    window.outlast.identify('user-1')
    window.outlast.capture('one')
    return [window.outlast.getDistinctId(), window.outlast.getSessionId()]
  })
  const events = await received(2)
  for (const { distinct_id, properties } of events) expect([distinct_id, properties.$session_id]).toEqual(ids)
})

test('P5: what a page cannot keep when it shuts down is dropped with a reason', async ({ open }) => {
  const page = await open(IN_WORKER, PAGE)
  const result = await page.evaluate(async () => {
    const { active } = (await navigator.serviceWorker.getRegistration('/__outlast/')) as ServiceWorkerRegistration
    if (active) active.postMessage = () => undefined
    for (let size = 1 << 22; size > 0; size >>= 1) {
      try {
        localStorage.setItem(`filler ${size}`, 'x'.repeat(size))
      } catch {
        // Full.
      }
    }
    IDBDatabase.prototype.transaction = () => {
      throw new Error('no disk')
    }
    window.outlast.capture('nowhere to go')
    return window.outlast.shutdown(100)
  })
  expect(result).toEqual({ delivered: 0, kept: 0, dropped: 1 })
  expect((await told(page)).drop).toEqual([expect.objectContaining({ count: 1, reason: 'shutdown' })])
})
