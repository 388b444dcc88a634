/** One person, session and choice on the subdomains of a site: in real browsers, whose rules for cookies count. */

import type { Page } from 'playwright'
import { expect } from './late-site'
import { leave } from './leave'
import { NOTHING, onDevice } from './on-device'
import { APP, CALLS, cookiesOf, does, ids, named, plant, ready, shared, test, WWW } from './subdomains'
import { captureAndForget, stats, told } from './told'

/** Time for whatever would be stored or sent without consent, in ms. */
const SETTLED_MS = 1_500

/** A page that is left before leaves its events to the next one. */
const delivered = (page: Page) => page.evaluate(() => window.outlast.flush())

test('www and app are one person in one session, from the first event on', async ({ at, received, context }) => {
  const www = await at(WWW)
  await ready(www)
  const first = await ids(www)
  const app = await at(APP, {}, CALLS)
  const [seen] = await received(1)
  expect(seen).toMatchObject({ event: 'at once', distinct_id: first[0], properties: { $session_id: first[2] } })
  expect(await ids(app)).toEqual(first)
  // A tab is another window.
  const windows = await Promise.all([www, app].map((page) => page.evaluate(() => window.outlast.getWindowId())))
  expect(new Set(windows).size).toBe(2)
  expect((await told(app)).warnings).toEqual([])
  const [cookie] = await cookiesOf(context)
  expect(cookie).toMatchObject({ name: 'outlast_phc_test', domain: '.shop.localhost', path: '/' })
  expect(cookie).toMatchObject({ secure: true, httpOnly: false, sameSite: 'Lax' })
  const days = (Number(cookie?.expires) * 1_000 - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(363)
  expect(await cookiesOf(context)).toHaveLength(1)
})

test('identify on app holds on www: in an open page at once, and in one that opens later', async ({ at, received }) => {
  const www = await at(WWW)
  await ready(www)
  const [anonymous] = await ids(www)
  const app = await at(APP)
  await ready(app)
  await does(app, ['identify', 'ada'])
  await captureAndForget(www, 'open')
  const later = await at(WWW, {}, CALLS)
  const events = await received(3)
  expect(named(events, '$identify')).toMatchObject({ distinct_id: 'ada', properties: { $anon_distinct_id: anonymous } })
  expect(named(events, 'open')?.distinct_id).toBe('ada')
  expect(named(events, 'at once')?.distinct_id).toBe('ada')
  // Who is known already is merged with nobody.
  await does(later, ['identify', 'bob'])
  await does(www, ['identify', 'cyd', { plan: 'pro' }])
  await captureAndForget(app, 'after')
  const all = await received(5)
  expect(all.filter(({ event }) => event === '$identify')).toHaveLength(1)
  expect(named(all, 'after')?.distinct_id).toBe('cyd')
})

test('an identify in the task of init merges nobody whom another subdomain knows already', async ({ at, received }) => {
  const app = await at(APP)
  await ready(app)
  const [anonymous] = await ids(app)
  await leave(app)
  const www = await at(WWW)
  await ready(www)
  await does(www, ['identify', 'alice'])
  await received(1)
  const next = await at(APP, { calls: [['identify', 'bob', { plan: 'pro' }]] }, CALLS)
  const events = await received(3)
  expect(events.filter(({ event }) => event === '$identify').map(({ distinct_id }) => distinct_id)).toEqual(['alice'])
  expect(named(events, '$set')).toMatchObject({ distinct_id: 'bob', properties: { $set: { plan: 'pro' } } })
  expect(named(events, 'at once')?.distinct_id).toBe('alice')
  expect((await ids(next)).slice(0, 2)).toEqual([anonymous, 'bob'])
  expect((await ids(www)).slice(0, 2)).toEqual([anonymous, 'bob'])
})

test('alice on www and bob on app, from when the option was off, are never merged', async ({ at, received }) => {
  const off = { crossSubdomain: false }
  for (const [name, id] of [
    [WWW, 'alice'],
    [APP, 'bob'],
  ] as const) {
    const page = await at(name, off)
    await does(page, ['identify', id])
    await delivered(page)
    await leave(page)
  }
  await received(2)
  const www = await at(WWW, {}, CALLS)
  await received(3)
  const app = await at(APP, {}, CALLS)
  await received(4)
  // The site says of each page who it is.
  const again = await at(APP, { calls: [['identify', 'bob', { plan: 'pro' }]] }, CALLS)
  const events = await received(6)
  const merged = events.filter(({ event }) => event === '$identify')
  expect(merged.map(({ distinct_id }) => distinct_id).sort()).toEqual(['alice', 'bob'])
  expect(new Set(merged.map(({ properties }) => properties.$anon_distinct_id)).size).toBe(2)
  expect(events.filter(({ event }) => event === '$create_alias')).toEqual([])
  expect(named(events, '$set')).toMatchObject({ distinct_id: 'bob' })
  expect((await ids(www))[1]).toBe('bob')
  expect((await ids(app))[1]).toBe('bob')
  expect((await ids(again))[1]).toBe('bob')
})

test('who is known on app counts for more than the anonymous visitor of www, and is not merged with that one', async ({
  at,
  received,
}) => {
  const before = await at(APP, { crossSubdomain: false })
  await does(before, ['identify', 'bob'])
  const [bobs] = await ids(before)
  await delivered(before)
  await leave(before)
  const www = await at(WWW)
  await ready(www)
  const app = await at(APP, { calls: [['identify', 'bob']] }, CALLS)
  // Nobody new is identified: that of before, and the one of the page.
  const events = await received(2)
  expect(events.filter(({ event }) => event === '$identify')).toHaveLength(1)
  expect(named(events, 'at once')?.distinct_id).toBe('bob')
  expect((await ids(app)).slice(0, 2)).toEqual([bobs, 'bob'])
  expect(await ids(www)).toEqual(await ids(app))
})

test('a reset on one subdomain is one on the others, and events stay whose they were', async ({ at, received }) => {
  const www = await at(WWW)
  await does(www, ['identify', 'ada'], ['register', { plan: 'pro' }])
  const app = await at(APP)
  await ready(app)
  await does(app, ['register', { cart: 1 }], ['group', 'company', 'acme'])
  await received(2)
  await captureAndForget(app, 'before')
  await does(www, ['reset'])
  await captureAndForget(app, 'after')
  const [anonymous, , session] = await ids(www)
  expect(await ids(app)).toEqual([anonymous, anonymous, session])
  const later = await at(APP, { calls: [['identify', 'bob']] }, CALLS)
  const events = await received(6)
  expect(named(events, 'before')).toMatchObject({ distinct_id: 'ada', properties: { cart: 1 } })
  const after = named(events, 'after')
  expect(after?.distinct_id).toBe(anonymous)
  expect(after?.properties.cart).toBeUndefined()
  expect(after?.properties.$groups).toBeUndefined()
  expect(events.filter(({ event }) => event === '$identify').at(-1)).toMatchObject({
    distinct_id: 'bob',
    properties: { $anon_distinct_id: anonymous },
  })
  expect((await ids(later))[1]).toBe('bob')
})

for (const clear of [false, true]) {
  test(`P10: a refusal on www holds on app, in an open page and in one that opens later (clear ${clear})`, async ({
    at,
    collector,
    received,
    context,
  }) => {
    const app = await at(APP)
    await captureAndForget(app, 'agreed')
    await received(1)
    const [anonymous] = await ids(app)
    const www = await at(WWW)
    await ready(www)
    await www.evaluate((erase) => window.outlast.optOut({ clear: erase }), clear)
    await captureAndForget(app, 'never')
    expect(await app.evaluate(() => window.outlast.isOptOut())).toBe(true)
    const later = await at(APP, {}, CALLS)
    await does(later, ['identify', 'ada'], ['capture', 'never'])
    await ready(later)
    await later.waitForTimeout(SETTLED_MS)
    expect(await collector.stats()).toMatchObject({ events: 1 })
    expect(Object.keys((await shared(context)) ?? {}).sort()).toEqual(clear ? ['c', 'e', 'v', 'w'] : ['c', 'v', 'w'])
    expect(JSON.stringify(await cookiesOf(context))).not.toContain(anonymous)
    for (const page of [app, www]) {
      const keys = (await onDevice(page)).local
      if (!clear) expect(keys).toContain(':person')
      else expect(keys, new URL(page.url()).hostname).toEqual([':opt_out', ':opt_out_at', ':opt_out_last'])
    }
    // Who agrees again does so everywhere; who was erased is somebody new.
    await does(later, ['optIn'], ['capture', 'again'])
    await captureAndForget(www, 'again too')
    const events = (await received(3)).slice(1)
    expect(new Set(events.map(({ distinct_id }) => distinct_id)).size).toBe(1)
    if (clear) expect(events[0]?.distinct_id).not.toBe(anonymous)
    expect(events.map(({ event }) => event).sort()).toEqual(['again', 'again too'])
  })
}

for (const known of [false, true]) {
  test(`P10: who agrees in the first second of a page, in a second tab of app, is one person on www too (known ${known})`, async ({
    at,
    site,
    received,
  }) => {
    const app = await at(APP)
    await ready(app)
    const www = await at(WWW)
    await ready(www)
    await www.evaluate(() => window.outlast.optOut({ clear: true }))
    await expect.poll(() => app.evaluate(() => window.outlast.isOptOut())).toBe(true)
    site.lateMs = 1_000
    const later = await at(APP, {}, CALLS)
    await does(later, ['optIn'], ...(known ? [['identify', 'bob'] as [string, string]] : []), ['capture', 'early'])
    await ready(later)
    await captureAndForget(www, 'elsewhere')
    await captureAndForget(app, 'other tab')
    // What the tab captured before it agreed is gone.
    const events = await received(known ? 4 : 3)
    const names = ['early', 'elsewhere', 'other tab', ...(known ? ['$identify'] : [])]
    expect(events.map(({ event }) => event).sort()).toEqual(names.sort())
    expect(new Set(events.map(({ distinct_id }) => distinct_id)).size).toBe(1)
    if (known) {
      expect(events[0]?.distinct_id).toBe('bob')
      const [anonymous] = await ids(www)
      expect(named(events, '$identify')?.properties.$anon_distinct_id).toBe(anonymous)
    }
  })
}

test('P10: a refusal with clear erases what app has not sent yet, also where the person has agreed again since', async ({
  at,
  site,
  collector,
  received,
}) => {
  const app = await at(APP, { host: 'http://127.0.0.1:9' })
  await captureAndForget(app, 'erased')
  await stats(app)
  const [former] = await ids(app)
  await leave(app)
  const www = await at(WWW)
  await ready(www)
  await does(www, ['optOut', { clear: true }], ['optIn'], ['capture', 'again'])
  await received(1)
  expect(site.url).toBeTruthy()
  const later = await at(APP, { host: 'http://127.0.0.1:9' }, CALLS)
  await expect.poll(async () => (await stats(later)).dropped.opted_out ?? 0).toBe(1)
  expect(await ids(later)).toEqual(await ids(www))
  expect((await ids(later))[0]).not.toBe(former)
  expect(await collector.stats()).toMatchObject({ events: 1 })
})

test('P10: nothing but a choice is in the cookie while consent is pending, in memory, or without identifiers', async ({
  at,
  context,
}) => {
  for (const options of [
    { consent: 'pending' },
    { consent: 'denied' },
    { persistence: 'memory' },
    { cookieless: true },
  ]) {
    const page = await at(WWW, options, CALLS)
    await page.waitForTimeout(SETTLED_MS)
    expect(await onDevice(page)).toEqual(NOTHING)
    await does(page, ['identify', 'ada'], ['optOut'])
    await page.waitForTimeout(SETTLED_MS)
    expect(await onDevice(page)).toEqual({
      ...NOTHING,
      local: [':opt_out', ':opt_out_at'],
      cookies: ['outlast_phc_test'],
    })
    expect(Object.keys((await shared(context)) ?? {}).sort()).toEqual(['c', 'v', 'w'])
    await page.evaluate(() => localStorage.clear())
    await leave(page)
    await context.clearCookies()
  }
})

test('a consent on www begins a page of app that waits for it, as the same person', async ({ at, received }) => {
  const app = await at(APP, { consent: 'pending' }, CALLS)
  const www = await at(WWW, { consent: 'pending' })
  await does(www, ['optIn'])
  await captureAndForget(www, 'agreed')
  await app.bringToFront()
  const events = await received(2)
  expect(named(events, 'at once')?.distinct_id).toBe(named(events, 'agreed')?.distinct_id)
})

test('a page whose late code comes late sends nothing as the wrong person', async ({
  at,
  site,
  received,
  collector,
}) => {
  const app = await at(APP)
  await ready(app)
  await leave(app)
  const www = await at(WWW)
  await does(www, ['identify', 'ada'])
  await received(1)
  site.hold('/outlast/chunks/delivery.js')
  const late = await at(APP, {}, CALLS)
  await captureAndForget(late, 'waits')
  await late.waitForTimeout(SETTLED_MS)
  expect(await collector.stats()).toMatchObject({ events: 1 })
  site.recover('/outlast/chunks/delivery.js')
  const events = await received(3)
  expect(events.slice(1).map(({ distinct_id }) => distinct_id)).toEqual(['ada', 'ada'])
})

for (const deed of ['identify', 'reset'] as const) {
  test(`P8: a page that has not heard of a change on www, and is hidden or left, does not undo it (${deed})`, async ({
    at,
    context,
  }) => {
    // As in browsers that tell no page of a cookie which another one has written.
    await context.addInitScript(() => Object.defineProperty(globalThis, 'cookieStore', { value: undefined }))
    const www = await at(WWW)
    if (deed === 'reset') await does(www, ['identify', 'ada'])
    await ready(www)
    const [hidden, left] = [await at(APP), await at(APP)]
    for (const page of [hidden, left]) await ready(page)
    await does(www, deed === 'reset' ? ['reset'] : ['identify', 'bob'])
    const now = (await ids(www)).slice(0, 2)
    await hidden.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    expect((await ids(www)).slice(0, 2)).toEqual(now)
    await leave(left)
    expect((await ids(www)).slice(0, 2)).toEqual(now)
  })
}

test('setPersistence goes on as the person of the cookie, unless the page has said itself who it is', async ({
  at,
}) => {
  const www = await at(WWW)
  await does(www, ['identify', 'bob'])
  for (const deed of [[], ['identify', 'ada'], ['reset']] as [string, ...unknown[]][]) {
    const app = await at(APP, { persistence: 'memory' })
    await ready(app)
    await does(app, deed)
    const said = deed[0] ? (await ids(app))[1] : 'bob'
    await app.evaluate(() => window.outlast.setPersistence('auto'))
    for (const page of [app, www]) expect((await ids(page))[1]).toBe(said)
  }
})

test('two projects do not mix, and what another script has put there is no person', async ({ at, context }) => {
  const one = await at(WWW)
  await ready(one)
  const two = await at(APP, { key: 'phc_other' })
  await ready(two)
  expect((await ids(two))[0]).not.toBe((await ids(one))[0])
  expect((await cookiesOf(context)).map(({ name }) => name).sort()).toEqual(['outlast_phc_other', 'outlast_phc_test'])
  const mine = await ids(one)
  for (const text of [
    'x',
    '{"v":1,"w":9e99,"a":"undefined"}',
    '{"v":1,"w":1,"a":{"b":1},"c":["no",-1]}',
    `{"v":1,"w":1,"a":"${'x'.repeat(9_000)}"}`,
    '{"v":99,"w":1,"a":"evil"}',
  ]) {
    await plant(one, text)
    expect(await ids(one)).toEqual(mine)
  }
})

test('ids that are longer than a cookie stay on their origin, and the cookie stays under 4 kB', async ({
  at,
  context,
}) => {
  const long = 'ü'.repeat(900)
  const www = await at(WWW)
  await ready(www)
  const app = await at(APP)
  await ready(app)
  const [anonymous] = await ids(app)
  await does(www, ['identify', long])
  expect((await told(www)).warnings).toEqual([
    expect.stringContaining('the ids of the person are longer than a cookie'),
  ])
  expect((await ids(app)).slice(0, 2)).toEqual([anonymous, anonymous])
  expect((await ids(www))[1]).toBe(long)
  await does(www, ['optOut'])
  expect(await app.evaluate(() => window.outlast.isOptOut())).toBe(true)
  for (const { name, value } of await cookiesOf(context)) expect(name.length + value.length).toBeLessThan(4_096)
})

test('uninstall removes the cookie, but for a refusal', async ({ at, context }) => {
  const uninstall = async (page: Page, options = {}) =>
    page.evaluate(async (given) => {
      const code = await import('/outlast/uninstall.js' as string)
      await code.uninstall({ timeout: 0, ...given })
    }, options)
  const www = await at(WWW)
  await ready(www)
  await uninstall(www)
  expect(await cookiesOf(context)).toEqual([])
  await leave(www)
  const app = await at(APP)
  await ready(app)
  await does(app, ['optOut'])
  await uninstall(app)
  expect(Object.keys((await shared(context)) ?? {}).sort()).toEqual(['c', 'v', 'w'])
  await uninstall(app, { forgetRefusals: true })
  expect(await cookiesOf(context)).toEqual([])
})

test('uninstall on app ends the sharing in its other tabs, and www goes on', async ({ at, received, context }) => {
  const www = await at(WWW)
  await ready(www)
  const [one, other] = [await at(APP), await at(APP)]
  for (const page of [one, other]) await ready(page)
  await one.evaluate(async () => (await import('/outlast/uninstall.js' as string)).uninstall({ timeout: 0 }))
  await does(www, ['identify', 'ada'], ['capture', 'goes on'])
  await does(other, ['capture', 'never'], ['identify', 'bob'])
  await does(www, ['optOut'])
  expect(await other.evaluate(() => window.outlast.isOptOut())).toBe(false)
  expect(await onDevice(other)).toEqual({ ...NOTHING, cookies: ['outlast_phc_test'] })
  expect((await received(2)).map(({ distinct_id }) => distinct_id)).toEqual(['ada', 'ada'])
  expect(Object.keys((await shared(context)) ?? {}).sort()).toEqual(['c', 'v', 'w'])
})

test('P10: a choice in a tab of app without the option holds on www, once another tab of app has it', async ({
  at,
}) => {
  const [www, app] = [await at(WWW), await at(APP)]
  for (const page of [www, app]) await ready(page)
  const without = await at(APP, { crossSubdomain: false })
  for (const [deed, refuses] of [
    ['optOut', true],
    ['optIn', false],
  ] as const) {
    await does(without, [deed])
    await expect.poll(() => www.evaluate(() => window.outlast.isOptOut())).toBe(refuses)
  }
})

test('a script tag with data-cross-subdomain shares the person, the choice and nothing before consent', async ({
  site,
  collector,
  context,
  received,
}) => {
  const tag = `<script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-flush-interval="200"
    data-cross-subdomain data-consent="pending" data-pageviews data-bots defer></script>`
  site.answer('/tag.html', { status: 200, headers: { 'Content-Type': 'text/html' }, body: tag })
  const visit = async (name: string) => {
    const page = await context.newPage()
    await page.goto(`http://${name}:${new URL(site.url).port}/tag.html`)
    await page.evaluate(() => window.outlast.ready)
    return page
  }
  const [www, app] = [await visit(WWW), await visit(APP)]
  expect(await cookiesOf(context)).toEqual([])
  await www.evaluate(() => window.outlast.optIn())
  const events = await received(2)
  expect(new Set(events.map(({ distinct_id }) => distinct_id)).size).toBe(1)
  await app.evaluate(() => window.outlast.optOut())
  const later = await visit(WWW)
  for (const page of [www, later]) expect(await page.evaluate(() => window.outlast.isOptOut())).toBe(true)
})

test('where there can be no such cookie, one warning says why, and each origin has a person of its own', async ({
  at,
  context,
  received,
}) => {
  for (const [name, why] of [
    ['localhost', 'has no subdomains'],
    ['127.0.0.1', 'has no subdomains'],
    ['insecure.test', 'is not served over https'],
  ] as const) {
    const page = await at(name, {}, CALLS)
    await captureAndForget(page, 'works')
    await stats(page)
    const { warnings } = await told(page)
    expect(warnings.filter((text) => text.includes('crossSubdomain'))).toEqual([expect.stringContaining(why)])
    expect(await cookiesOf(context)).toEqual([])
  }
  const events = await received(6)
  expect(new Set(events.map(({ distinct_id }) => distinct_id)).size).toBe(3)
})
