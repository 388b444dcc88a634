/** Tabs that store nothing, and tabs that wait: they hear of what was chosen elsewhere, late or not. */

import type { Page } from 'playwright'
import { say } from './browser-signal'
import { DELIVERY_FILE, expect, fillLocalStorage, test } from './late-site'
import { leave } from './leave'
import { choiceOnDisk } from './on-device'
import { capture, captureAndForget, stats, told } from './told'

const optIn = (page: Page) => page.evaluate(() => window.outlast.optIn())
const optOut = (page: Page, clear = false) => page.evaluate((erase) => window.outlast.optOut({ clear: erase }), clear)
const ready = (page: Page) => page.evaluate(() => window.outlast.ready)
const distinctId = (page: Page) => page.evaluate(() => window.outlast.getDistinctId())

async function identify(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.outlast.identify('ada')
    window.outlast.register({ plan: 'pro' })
  })
}

/** Leaves for a page without the library, so that the browser keeps this one. */
async function goAway(page: Page, url: string): Promise<void> {
  await page.evaluate(() => Object.assign(window, { stays: true }))
  await page.goto(`${url}/away.html`)
}

async function comeBack(page: Page): Promise<void> {
  await page.bringToFront()
  await page.goBack({ waitUntil: 'commit' })
  const why = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation') as { notRestoredReasons?: unknown }[]
    return 'stays' in window ? 'kept' : JSON.stringify(navigation?.notRestoredReasons ?? 'no reason given')
  })
  expect(why).toBe('kept')
}

const IN_MEMORY = [
  ["persistence: 'memory'", { persistence: 'memory' }],
  ['cookieless', { cookieless: true }],
] as const

for (const [how, options] of IN_MEMORY) {
  test(`P10: an erasure in another tab drops what a tab that stores nothing has (${how}), which has another person after a new consent`, async ({
    visit,
    collector,
    received,
  }) => {
    collector.fault({ mode: '503' })
    const tab = await visit(options)
    await identify(tab)
    await capture(tab, 'secret')
    const other = await visit()
    await ready(other)
    await optOut(other, true)
    await expect.poll(() => stats(tab)).toMatchObject({ delivered: 0, pending: 0, dropped: { opted_out: 2 } })
    expect((await told(tab)).drop.map(({ reason }) => reason)).toContain('opted_out')
    collector.fault({ mode: 'ok' })
    await optIn(other)
    await expect.poll(() => tab.evaluate(() => window.outlast.isOptOut())).toBe(false)
    await capture(tab, 'anew')
    const events = await received(1)
    expect(events.map(({ event }) => event)).toEqual(['anew'])
    expect(events[0]?.distinct_id).not.toBe('ada')
    expect(events[0]?.properties).not.toHaveProperty('plan')
  })

  test(`P10: a refusal that the disk alone knows holds in a page that stores nothing (${how})`, async ({
    visit,
    collector,
  }) => {
    const page = await visit()
    await ready(page)
    await optOut(page)
    await choiceOnDisk(page, true)
    await page.evaluate(() => localStorage.clear())
    await leave(page)
    const next = await visit(options)
    await captureAndForget(next, 'refused')
    await ready(next)
    expect(await next.evaluate(() => window.outlast.isOptOut())).toBe(true)
    await next.evaluate(() => window.outlast.flush())
    await captureAndForget(next, 'refused too')
    await expect.poll(() => stats(next)).toMatchObject({ delivered: 0, pending: 0 })
    await leave(next)
    expect(await collector.stats()).toMatchObject({ events: 0 })
  })
}

for (const [how, options] of [
  ['stores nothing', { persistence: 'memory' }],
  ['waits', { consent: 'pending' }],
] as const)
  test(`P10: a choice in a page that ${how} holds in other tabs and on the next page, although localStorage is full`, async ({
    visit,
    site,
    context,
    collector,
    received,
  }) => {
    const holder = await context.newPage()
    await holder.goto(`${site.url}/away.html`)
    await fillLocalStorage(holder)
    const other = await visit({ persistence: 'memory' })
    await ready(other)
    // The person chooses before the late code is there.
    site.lateMs = 500
    const page = await visit(options)
    await optOut(page)
    await expect.poll(() => other.evaluate(() => window.outlast.isOptOut())).toBe(true)
    await choiceOnDisk(page, true)
    await captureAndForget(other, 'never')
    for (const one of [page, other]) await leave(one)
    const next = await visit(options)
    await ready(next)
    await expect.poll(() => next.evaluate(() => window.outlast.isOptOut())).toBe(true)
    await captureAndForget(next, 'never')
    expect(await stats(next)).toMatchObject({ delivered: 0, pending: 0 })
    expect(await collector.stats()).toMatchObject({ events: 0 })
    await optIn(next)
    await choiceOnDisk(next, false)
    await leave(next)
    const last = await visit(options)
    await ready(last)
    await expect.poll(() => last.evaluate(() => window.outlast.isOptOut())).toBe(false)
    await capture(last, 'agreed')
    expect((await received(1)).map(({ event }) => event)).toEqual(['agreed'])
  })

test('P9, P10: a tab in memory that was in the back/forward cache hears of an erasure before a new consent, of which no disk knows', async ({
  visit,
  site,
  collector,
  received,
}) => {
  collector.fault({ mode: '503' })
  const tab = await visit({ persistence: 'memory' })
  await identify(tab)
  await capture(tab, 'secret')
  await goAway(tab, site.url)
  const other = await visit({ persistence: 'memory' })
  await ready(other)
  await optOut(other, true)
  // It is written down once the late code has been asked to erase.
  await other.waitForFunction(() => Object.keys(localStorage).some((key) => key.endsWith(':opt_out_last')))
  await optIn(other)
  await comeBack(tab)
  await expect.poll(() => stats(tab)).toMatchObject({ delivered: 0, pending: 0, dropped: { opted_out: 2 } })
  collector.fault({ mode: 'ok' })
  await capture(tab, 'anew')
  const events = await received(1)
  expect(events.map(({ event, distinct_id }) => [event, distinct_id === 'ada'])).toEqual([['anew', false]])
})

test('P10: an erasure by another client of the page drops what a client in memory has', async ({
  visit,
  collector,
}) => {
  collector.fault({ mode: '503' })
  const tab = await visit({ persistence: 'memory' })
  await capture(tab, 'secret')
  await tab.evaluate(
    async ([library, host]) => {
      const { init } = await import(library as string)
      const other = init('phc_test', { host, persistence: 'memory' })
      await other.ready
      other.optOut({ clear: true })
      other.optIn()
    },
    [new URL('/outlast/index.js', tab.url()).href, `${collector.url}/elsewhere`],
  )
  await expect.poll(() => stats(tab)).toMatchObject({ delivered: 0, pending: 0, dropped: { opted_out: 1 } })
})

test('P10: who was erased elsewhere does not come back by a tab in memory that stores from then on', async ({
  visit,
  received,
}) => {
  const tab = await visit({ persistence: 'memory' })
  await identify(tab)
  const other = await visit()
  await ready(other)
  await optOut(other, true)
  await expect.poll(() => distinctId(tab)).not.toBe('ada')
  await optIn(other)
  const fresh = await distinctId(other)
  await expect.poll(() => tab.evaluate(() => window.outlast.isOptOut())).toBe(false)
  expect(await tab.evaluate(() => window.outlast.setPersistence('auto'))).toMatchObject({ storage: 'indexeddb' })
  expect(await distinctId(tab)).toBe(fresh)
  await capture(other, 'later')
  await other.evaluate(() => window.outlast.flush())
  const later = (await received(1)).find(({ event }) => event === 'later')
  expect(later?.distinct_id).toBe(fresh)
  expect(later?.properties).not.toHaveProperty('plan')
})

test('P10: who came after an erasure, and is erased in turn by a tab that stores nothing, is not known any more', async ({
  visit,
}) => {
  const tab = await visit()
  await ready(tab)
  const other = await visit({ persistence: 'memory' })
  await ready(other)
  const isOptOut = (page: Page) => page.evaluate(() => window.outlast.isOptOut())
  const erasedAndBack = async (chooser: Page) => {
    await optOut(chooser, true)
    for (const page of [tab, other]) await expect.poll(() => isOptOut(page)).toBe(true)
    await choiceOnDisk(tab, true)
    await optIn(other)
    for (const page of [tab, other]) await expect.poll(() => isOptOut(page)).toBe(false)
    await choiceOnDisk(tab, false)
    // The tab that stores writes who has come after.
    await tab.waitForFunction(() => Object.keys(localStorage).some((key) => key.endsWith(':person')))
    return distinctId(tab)
  }
  const next = await erasedAndBack(tab)
  expect(await erasedAndBack(other)).not.toBe(next)
})

test('P10: who was erased elsewhere does not come back by a tab in memory that stores before it was told', async ({
  visit,
  collector,
  received,
}) => {
  collector.fault({ mode: '503' })
  const tab = await visit({ persistence: 'memory', worker: false })
  await identify(tab)
  await capture(tab, 'secret')
  const other = await visit({ worker: false })
  await ready(other)
  // Busy, the tab is told of nothing.
  const stored = tab.evaluate(() => {
    for (const end = performance.now() + 2_000; performance.now() < end; );
    return window.outlast.setPersistence('auto')
  })
  await optOut(other, true)
  await choiceOnDisk(other, true)
  await optIn(other)
  await choiceOnDisk(other, false)
  const fresh = await distinctId(other)
  expect(await stored).toMatchObject({ storage: 'indexeddb' })
  expect(await distinctId(tab)).toBe(fresh)
  collector.fault({ mode: 'ok' })
  await capture(tab, 'anew')
  const events = await received(1)
  expect(events.map(({ event, distinct_id }) => [event, distinct_id])).toEqual([['anew', fresh]])
})

test('P5, P10: a refusal elsewhere makes a tab in memory another person, and what it captured before is delivered', async ({
  visit,
  collector,
  received,
}) => {
  collector.fault({ mode: '503' })
  const tab = await visit({ persistence: 'memory' })
  await identify(tab)
  await capture(tab, 'under consent')
  const other = await visit({ persistence: 'memory' })
  await ready(other)
  // In one task: the tab may see no refusal at all.
  await other.evaluate(() => {
    window.outlast.optOut()
    window.outlast.optIn()
  })
  await expect.poll(() => distinctId(tab)).not.toBe('ada')
  collector.fault({ mode: 'ok' })
  await capture(tab, 'anew')
  const whose = (await received(3)).map(({ event, distinct_id }) => [event, distinct_id === 'ada'])
  expect(whose.sort()).toEqual([
    ['$identify', true],
    ['anew', false],
    ['under consent', true],
  ])
})

test('P9, P10: what waited for consent in the back/forward cache is gone after a refusal, of which the tab hears after a later consent', async ({
  visit,
  site,
  received,
}) => {
  const waiting = await visit({ consent: 'pending', worker: false })
  await capture(waiting, 'refused')
  await goAway(waiting, site.url)
  const other = await visit({ consent: 'pending', worker: false })
  await ready(other)
  await optOut(other)
  await optIn(other)
  await comeBack(waiting)
  await expect.poll(() => stats(waiting)).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
  await capture(waiting, 'agreed')
  expect((await received(1)).map(({ event }) => event)).toEqual(['agreed'])
})

test("P10: what a page captures as it is told of a drop by an erasure elsewhere is the next person's", async ({
  visit,
  site,
  received,
}) => {
  const options = { consent: 'pending', persistence: 'memory' }
  const waiting = await visit(options)
  await ready(waiting)
  await identify(waiting)
  await waiting.evaluate(() => window.outlast.on('drop', () => window.outlast.capture('told')))
  await goAway(waiting, site.url)
  const other = await visit(options)
  await ready(other)
  await optOut(other, true)
  await optIn(other)
  await comeBack(waiting)
  const [event] = await received(1)
  expect(event).toMatchObject({ event: 'told' })
  expect(event?.distinct_id).not.toBe('ada')
  expect(event?.properties).not.toHaveProperty('plan')
})

test('P10: what waited for consent is gone after a refusal, though the late code comes only after a later consent', async ({
  visit,
  context,
  received,
}) => {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let isFirst = true
  await context.route(`**${DELIVERY_FILE}`, async (route) => {
    const waits = isFirst
    isFirst = false
    if (waits) await released
    await route.continue()
  })
  const waiting = await visit({ consent: 'pending', worker: false })
  await captureAndForget(waiting, 'refused')
  const other = await visit({ consent: 'pending', worker: false })
  await ready(other)
  await optOut(other)
  await optIn(other)
  release()
  await expect.poll(() => stats(waiting)).toMatchObject({ dropped: { opted_out: 1 } })
  await capture(waiting, 'agreed')
  expect((await received(1)).map(({ event }) => event)).toEqual(['agreed'])
})

for (const [options, signal] of [
  [{ cookieless: 'always' }],
  [{ respectDnt: 'true' }, 'doNotTrack'],
  [{ respectGpc: 1 }, 'globalPrivacyControl'],
] as const) {
  const [[name, value]] = Object.entries(options) as [[string, unknown]]
  test(`P10, P11: ${name}: ${JSON.stringify(value)} counts as true, after a choice too, and the console says so`, async ({
    visit,
    context,
    collector,
    received,
  }) => {
    if (signal) await say(context, signal)
    const page = await visit(options)
    await ready(page)
    await optIn(page)
    await leave(page)
    const next = await visit(options)
    await captureAndForget(next, 'next')
    await ready(next)
    await expect
      .poll(async () => (await told(next)).warnings)
      .toEqual([expect.stringContaining(`${name} must be true or false; using true`)])
    if (signal) {
      expect(await next.evaluate(() => window.outlast.isOptOut())).toBe(true)
      expect(await collector.stats()).toMatchObject({ requests: 0 })
    } else expect((await received(1)).map(({ distinct_id }) => distinct_id)).toEqual(['$posthog_cookieless'])
  })
}
