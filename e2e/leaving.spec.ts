import type { Page } from 'playwright'
import { expect, test } from './fixtures'
import { holdTheRules } from './hold-tables'
import { leave } from './leave'
import { stats } from './told'

test('P9: a page with events in the queue enters the back/forward cache and goes on after it', {
  tag: '@quick',
}, async ({ open, received, collector }) => {
  collector.fault({ mode: 'hang' })
  const page = await open()
  await page.evaluate(() => {
    window.outlast.on('delivered', () => undefined)
    window.outlast.capture('before')
    Object.assign(window, { alive: true })
  })
  await expect.poll(async () => (await collector.stats()).held).toBe(1)
  await awayFrom(page)
  // A message of the worker would cost the page the cache now.
  collector.fault({ mode: 'ok' })
  await received(1)
  await page.goBack({ waitUntil: 'commit' })
  expect(await whyLoadedAnew(page)).toBe(undefined)
  await expect.poll(() => stats(page)).toMatchObject({ delivered: 1, pending: 0 })
  await page.evaluate(() => window.outlast.capture('after'))
  const events = await received(2)
  expect(events.map(({ event }) => event)).toEqual(['before', 'after'])
})

test('P9: events that are captured while the page is left cost it no back/forward cache where a worker has taken them', async ({
  open,
  received,
}) => {
  const page = await open()
  await page.evaluate(() => {
    window.outlast.capture('before')
    addEventListener('pagehide', () => window.outlast.capture('at its end'))
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') window.outlast.capture('hidden')
    })
    Object.assign(window, { alive: true })
  })
  await received(1)
  await expect.poll(() => stats(page)).toMatchObject({ delivered: 1, pending: 0 })
  await awayAndBack(page)
  expect(await whyLoadedAnew(page)).toBe(undefined)
  const events = await received(3)
  expect(events.map(({ event, copies }) => [event, copies])).toEqual([
    ['before', 1],
    ['at its end', 1],
    ['hidden', 1],
  ])
})

test('P9: a page that hosts its queue itself enters the back/forward cache too', async ({
  open,
  received,
  collector,
}) => {
  const page = await open({ worker: false })
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'page', storage: 'indexeddb' })
  collector.fault({ mode: 'hang' })
  await page.evaluate(async () => {
    window.outlast.capture('before')
    Object.assign(window, { alive: true })
    void window.outlast.flush()
    await window.outlast.stats()
  })
  await expect.poll(async () => (await collector.stats()).held).toBe(1)
  await awayAndBack(page)
  collector.fault({ mode: 'ok' })
  expect(await whyLoadedAnew(page)).toBe(undefined)
  await received(1)
})

test('without a worker, what was not committed when the tab closed is beaconed and taken up by the next visit', {
  tag: '@quick',
}, async ({ open, received, site, collector }) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const opener = await open()
  const tab = await open()
  await captureWhileLeaving(tab, 'last words')
  const [event] = await received(1)
  expect(event?.event).toBe('last words')
  await opener.reload()
  await opener.evaluate(() => window.outlast.ready)
  await expect.poll(() => opener.evaluate(() => window.outlast.pending())).toBe(0)
  // The beacon proves nothing, so the event is sent again: under the uuid that makes it the same one.
  expect((await collector.stats()).events).toBe(1)
  expect((await collector.stats()).altered).toBe(0)
})

test('P5: a browser that says wrongly that it is offline costs no beacon', async ({
  open,
  received,
  site,
  context,
}) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  await context.addInitScript(() => Object.defineProperty(navigator, 'onLine', { value: false }))
  const tab = await open()
  await captureWhileLeaving(tab, 'beaconed')
  expect(await received(1)).toMatchObject([{ event: 'beaconed' }])
})

test('P2: what a page captures as it is left arrives, though the worker cannot be told of it any more', async ({
  open,
  received,
}) => {
  const page = await open()
  await page.evaluate(() => {
    ServiceWorker.prototype.postMessage = () => {
      throw new Error('replaced by the site')
    }
    addEventListener('pagehide', () => window.outlast.capture('last words'), true)
    window.outlast.capture('first words')
  })
  await leave(page)
  // The next visit delivers them, if no beacon has.
  await open()
  const events = await received(2)
  expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['first words', 'last words']))
})

test('P2: offline and without a worker, uncommitted events wait in localStorage for the next visit', {
  tag: '@quick',
}, async ({ open, received, site, context }) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const opener = await open()
  const tab = await open()
  await context.setOffline(true)
  await captureWhileLeaving(tab, 'written down')
  await expect
    .poll(() => opener.evaluate(() => Object.keys(localStorage).some((key) => key.includes(':backup:'))))
    .toBe(true)
  await context.setOffline(false)
  await open()
  const events = await received(1)
  expect(events).toMatchObject([{ event: 'written down', copies: 1 }])
  await expect
    .poll(() => opener.evaluate(() => Object.keys(localStorage).some((key) => key.includes(':backup:'))))
    .toBe(false)
})

test('P2: a tab that goes while its choice is on its way to the disk beacons what it captured after the choice', async ({
  open,
  received,
}) => {
  const opener = await open()
  const tab = await open()
  for (const page of [opener, tab]) {
    expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
  }
  await holdTheRules(opener)
  await tab.evaluate(() => {
    window.outlast.optOut()
    window.outlast.optIn()
    window.outlast.capture('agreed')
  })
  await leave(tab)
  expect(await received(1)).toMatchObject([{ event: 'agreed' }])
})

test("P10: a client with persistence 'memory' that erases its person erases what other pages have written down", async ({
  open,
  collector,
  site,
  context,
}) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const opener = await open()
  const tab = await open()
  await context.setOffline(true)
  await captureWhileLeaving(tab, 'written down')
  const isBackedUp = () => opener.evaluate(() => Object.keys(localStorage).some((key) => key.includes(':backup:')))
  await expect.poll(isBackedUp).toBe(true)
  // The other tab is not to deliver it first.
  collector.fault({ mode: '503' })
  await context.setOffline(false)
  const fleeting = await open({ persistence: 'memory' })
  await fleeting.evaluate(async () => {
    await window.outlast.ready
    window.outlast.optOut({ clear: true })
    await window.outlast.stats()
  })
  await expect.poll(isBackedUp).toBe(false)
  await expect.poll(() => stats(opener)).toMatchObject({ delivered: 0, pending: 0 })
  collector.fault({ mode: 'ok' })
  const last = await open()
  await expect.poll(() => stats(last)).toMatchObject({ delivered: 0, pending: 0 })
  expect(await collector.stats()).toMatchObject({ events: 0 })
})

test('web vitals that are final only when the page hides are delivered after it has gone', async ({
  open,
  received,
}) => {
  const page = await open({}, '/vitals.html')
  await page.click('button')
  await leave(page)
  await expect.poll(async () => metricsOf(await received(1))).toEqual(expect.arrayContaining(['FCP', 'LCP', 'CLS']))
  expect(metricsOf(await received(1))).not.toContain('TTFB')
})

test('FCP and LCP are one event some seconds after the load, and what is final at the end is another one', async ({
  open,
  received,
}) => {
  const page = await open({}, '/vitals.html')
  const [early] = await received(1)
  expect(metricsOf(early ? [early] : [])).toEqual(['FCP'])
  await page.click('button')
  await leave(page)
  const events = await received(2)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await received(2)).toHaveLength(2)
  expect(metricsOf(events)).toEqual(expect.arrayContaining(['FCP', 'LCP', 'CLS']))
})

test('web vitals are of the page that was loaded, wherever a router has gone since', async ({ open, received }) => {
  const page = await open({}, '/vitals.html')
  const landing = page.url()
  await page.evaluate(() => {
    document.querySelector('button')?.addEventListener('click', () => history.pushState(null, '', '/one'))
  })
  await page.click('button')
  await page.waitForTimeout(300)
  await page.evaluate(() => history.pushState(null, '', '/two'))
  await leave(page)
  await expect.poll(async () => metricsOf(await received(1))).toEqual(expect.arrayContaining(['FCP', 'LCP', 'CLS']))
  for (const { properties } of await received(1)) {
    expect(properties).toMatchObject({ $current_url: landing, $pathname: '/vitals.html' })
  }
})

test('P10: what is measured while the person refuses is not told after the consent', async ({ open, received }) => {
  const page = await open()
  await page.evaluate(async (module) => {
    window.outlast.optOut()
    const { webVitals } = await import(module)
    webVitals(window.outlast, { bots: true, metrics: ['TTFB'] })
  }, '/outlast/web-vitals.js')
  await page.waitForTimeout(500)
  await page.evaluate(async () => {
    window.outlast.optIn()
    window.outlast.capture('agreed')
    // Left before the consent is on disk, the page would keep the event for the next one.
    await window.outlast.stats()
  })
  await leave(page)
  expect((await received(1)).map(({ event }) => event)).toEqual(['agreed'])
})

test('web vitals are captured once for each client, however often they are asked for and from however many copies', async ({
  open,
  received,
  collector,
}) => {
  const page = await open({}, '/vitals.html')
  await page.evaluate(async (copy) => {
    const { webVitals } = await import(copy)
    webVitals(window.outlast, { bots: true })
    webVitals({ capture: window.outlast.capture }, { bots: true, metrics: ['TTFB', 'TTFB'] })
  }, '/outlast/web-vitals.js?copy=2')
  await page.click('button')
  await leave(page)
  await expect.poll(async () => metricsOf(await received(1))).toContain('CLS')
  await new Promise((resolve) => setTimeout(resolve, 500))
  const events = await received(1)
  const names = metricsOf(events)
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
  expect(names).toContain('TTFB')
  expect((await collector.stats()).events).toBe(events.length)
})

test('P11: what webVitals has no option or metric for is told once, and the others are captured', async ({
  context,
  open,
  received,
}) => {
  const said: string[] = []
  context.on('console', (message) => message.type() === 'warning' && said.push(message.text()))
  const page = await open()
  await page.evaluate(async (module) => {
    const { webVitals } = await import(module)
    for (let times = 0; times < 2; times++) {
      webVitals(window.outlast, { bots: true, bot: true, metrics: ['TTFB', 'LPC'] })
    }
    webVitals(window.outlast, null)
  }, '/outlast/web-vitals.js')
  expect(metricsOf(await received(1))).toEqual(['TTFB'])
  expect(said).toEqual(['[outlast] webVitals takes metrics (of CLS, FCP, INP, LCP, TTFB) and bots, not bot, LPC'])
})

test('a bot captures no web vitals by itself, and what it captures by hand is delivered', async ({
  open,
  received,
}) => {
  const page = await open()
  await page.evaluate(async (module) => {
    const { webVitals } = await import(module)
    webVitals(window.outlast)
    window.outlast.capture('by hand')
  }, '/outlast/web-vitals.js')
  await leave(page)
  const events = await received(1)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(events.map(({ event }) => event)).toEqual(['by hand'])
})

test('a page in the background captures its web vitals once it is shown, with that time', async ({
  context,
  open,
  received,
}) => {
  // The pages of a driven browser are all visible, so this one says that it is not.
  await context.addInitScript(() => {
    let state: DocumentVisibilityState = 'hidden'
    Object.defineProperty(document, 'visibilityState', { get: () => state })
    addEventListener('show', () => {
      state = 'visible'
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    })
  })
  const page = await open()
  await page.evaluate(async (module) => {
    const { webVitals } = await import(module)
    webVitals(window.outlast, { bots: true, metrics: ['TTFB'] })
  }, '/outlast/web-vitals.js')
  await page.waitForTimeout(500)
  const { shownAt, before } = await page.evaluate(async () => {
    const { accepted } = await window.outlast.stats()
    const now = Date.now()
    dispatchEvent(new Event('show'))
    return { shownAt: now, before: accepted }
  })
  expect(before).toBe(0)
  const [ttfb] = await received(1)
  expect(metricsOf(ttfb ? [ttfb] : [])).toEqual(['TTFB'])
  expect(Date.parse(String(ttfb?.timestamp))).toBeGreaterThanOrEqual(shownAt)
})

/** The names of the metrics that these events have. */
function metricsOf(events: { properties: Record<string, unknown> }[]) {
  const names = events.flatMap(({ properties }) => Object.keys(properties))
  return names.flatMap((name) => /^\$web_vitals_(\w+)_value$/.exec(name)?.[1] ?? [])
}

/** What kept the page out of the back/forward cache; `undefined` when it is the same page as before. */
function whyLoadedAnew(page: Page) {
  return page.evaluate(() => {
    if ('alive' in window) return undefined
    const [navigation] = performance.getEntriesByType('navigation') as { notRestoredReasons?: unknown }[]
    return JSON.stringify(navigation?.notRestoredReasons ?? 'no reason given')
  })
}

async function awayFrom(page: Page) {
  await page.click('#away')
  await page.waitForURL('**/away.html', { waitUntil: 'commit' })
}

/** A page out of the back/forward cache is shown again without a load event. */
async function awayAndBack(page: Page) {
  await awayFrom(page)
  await page.goBack({ waitUntil: 'commit' })
}

/** Captures in the very last task of a page, after which nothing can be committed any more. */
async function captureWhileLeaving(page: Page, name: string) {
  await page.evaluate((event) => addEventListener('pagehide', () => window.outlast.capture(event)), name)
  await leave(page)
}
