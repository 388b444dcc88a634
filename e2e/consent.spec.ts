/** What is on the device before consent, after it and after a refusal: read from each storage that a browser has. */

import type { Page } from 'playwright'
import { say } from './browser-signal'
import { expect, fillLocalStorage, stored, test } from './late-site'
import { leave } from './leave'
import { choiceOnDisk, leftOnDevice, NOTHING, onDevice } from './on-device'
import { capture, captureAndForget, stats, told } from './told'

const CHOICE = [':opt_out', ':opt_out_at']
const ERASED = [...CHOICE, ':opt_out_last']

/** Time for whatever would be stored or sent without consent, in ms. */
const SETTLED_MS = 1_500

const settle = (page: Page) => page.waitForTimeout(SETTLED_MS)

const optIn = (page: Page) => page.evaluate(() => window.outlast.optIn())
const optOut = (page: Page, clear = false) => page.evaluate((erase) => window.outlast.optOut({ clear: erase }), clear)

for (const consent of ['pending', 'denied']) {
  test(`P10: consent '${consent}' leaves nothing on the device and sends nothing, however the page ends`, async ({
    visit,
    collector,
    site,
    context,
  }) => {
    const page = await visit({ consent })
    await page.evaluate(async () => {
      window.outlast.identify('ada', { plan: 'pro' })
      window.outlast.register({ plan: 'pro' })
      window.outlast.group('company', 'acme')
      window.outlast.capture('early')
      window.outlast.getSessionId()
      await window.outlast.getFeatureFlag('beta')
      await window.outlast.flush()
      window.outlast.reset()
    })
    await settle(page)
    expect(await onDevice(page)).toEqual(NOTHING)
    await page.evaluate(() => window.outlast.capture('late'))
    await leave(page)
    expect(await leftOnDevice(context, site.url)).toEqual(NOTHING)
    expect(await collector.stats()).toMatchObject({ events: 0, requests: 0 })
  })

  test(`P10: a refusal under consent '${consent}' leaves the choice alone, on later pages too`, async ({
    visit,
    collector,
  }) => {
    const page = await visit({ consent })
    await captureAndForget(page, 'never')
    await optOut(page)
    await settle(page)
    expect(await onDevice(page)).toEqual({ ...NOTHING, local: CHOICE })
    await leave(page)
    // Whatever the next page takes for granted, the choice is stronger.
    for (const options of [{ consent }, { consent: 'granted' }, {}, { persistence: 'memory' }]) {
      const next = await visit(options)
      await captureAndForget(next, 'never')
      await settle(next)
      expect(await next.evaluate(() => window.outlast.isOptOut())).toBe(true)
      expect(await onDevice(next)).toEqual({ ...NOTHING, local: CHOICE })
      await leave(next)
    }
    expect(await collector.stats()).toMatchObject({ events: 0 })
  })
}

for (const options of [{}, { worker: false }, { persistence: 'memory' }]) {
  const where = Object.entries(options).map(([name, value]) => `${name} ${value}`)[0] ?? 'a worker'

  test(`P1, P5: what was captured while consent was pending is delivered after it, once and with its times (${where})`, async ({
    visit,
    received,
  }) => {
    const page = await visit({ ...options, consent: 'pending' })
    await page.evaluate(() => window.outlast.register({ plan: 'pro' }))
    await captureAndForget(page, 'first', 'second')
    const before = await page.evaluate(() => new Date().toISOString())
    await settle(page)
    await optIn(page)
    await captureAndForget(page, 'third')
    const events = await received(3)
    expect(events.map(({ event, copies }) => [event, copies]).sort()).toEqual([
      ['first', 1],
      ['second', 1],
      ['third', 1],
    ])
    const early = events.filter(({ event }) => event !== 'third')
    expect(early.filter(({ timestamp }) => timestamp > before)).toEqual([])
    expect(new Set(events.map(({ distinct_id }) => distinct_id)).size).toBe(1)
    expect(new Set(events.map(({ properties }) => properties.plan))).toEqual(new Set(['pro']))
    await expect.poll(() => stats(page)).toEqual({ accepted: 3, delivered: 3, pending: 0, dropped: {} })
  })
}

test('P5, P10: what was captured while consent was pending is gone after a refusal, and counted', async ({
  visit,
  received,
}) => {
  const page = await visit({ consent: 'pending' })
  await captureAndForget(page, 'first', 'second')
  await optOut(page)
  await expect
    .poll(async () => (await told(page)).drop)
    .toMatchObject([{ reason: 'opted_out', count: 2, uuids: [/./, /./].map(() => expect.any(String)) }])
  expect(await stats(page)).toEqual({ accepted: 2, delivered: 0, pending: 0, dropped: { opted_out: 2 } })
  await captureAndForget(page, 'refused')
  await optIn(page)
  await capture(page, 'agreed')
  const events = await received(1)
  expect(events.map(({ event }) => event)).toEqual(['agreed'])
  await expect.poll(() => stats(page)).toEqual({ accepted: 3, delivered: 1, pending: 0, dropped: { opted_out: 2 } })
})

test('P7: what waits for consent is bounded, and what is over the bound is reported', async ({ visit, received }) => {
  const page = await visit({ consent: 'pending', maxQueueSize: 2 })
  await captureAndForget(page, 'first', 'second', 'third')
  await expect.poll(async () => (await told(page)).drop).toMatchObject([{ reason: 'queue_full', count: 1 }])
  await optIn(page)
  expect((await received(2)).map(({ event }) => event).sort()).toEqual(['first', 'second'])
})

test('P10: a consent holds on later pages, whatever the option says', async ({ visit, received }) => {
  const page = await visit({ consent: 'pending' })
  await optIn(page)
  await leave(page)
  const next = await visit({ consent: 'denied' })
  await captureAndForget(next, 'agreed')
  await received(1)
})

test('P10: init and optOut in one task leave the choice alone', async ({ visit, site, context, collector }) => {
  const page = await context.newPage()
  await page.goto(`${site.url}/away.html`)
  await page.evaluate(
    async ([library, host]) => {
      const { init } = await import(library as string)
      init('phc_test', { host }).optOut()
    },
    [`${site.url}/outlast/index.js`, collector.url],
  )
  await settle(page)
  expect(await onDevice(page)).toEqual({ ...NOTHING, local: CHOICE })
  await leave(page)
  const next = await visit({})
  await settle(next)
  expect(await onDevice(next)).toEqual({ ...NOTHING, local: CHOICE })
})

test('P5, P10: what is captured between init and optOut in one task is dropped, and told', async ({
  visit,
  site,
  context,
  collector,
}) => {
  const page = await context.newPage()
  await page.goto(`${site.url}/away.html`)
  const drops = await page.evaluate(
    async ([library, host]) => {
      const { init } = await import(library as string)
      const outlast = init('phc_test', { host })
      outlast.capture('one')
      outlast.optOut()
      return new Promise((resolve) => outlast.on('drop', resolve))
    },
    [`${site.url}/outlast/index.js`, collector.url],
  )
  expect(drops).toMatchObject({ reason: 'opted_out', count: 1, uuids: [expect.any(String)] })
  await leave(page)
  await settle(await visit({}))
  expect(await collector.stats()).toMatchObject({ events: 0 })
})

test('P5, P10: what a refusal dropped in the first moments is told, and the same of the person may be said again', async ({
  visit,
  site,
  received,
}) => {
  site.lateMs = 500
  const page = await visit({ consent: 'pending' })
  await page.evaluate(() => {
    window.outlast.identify('ada', { plan: 'pro' })
    window.outlast.optOut()
    window.outlast.optIn()
  })
  await page.evaluate(() => window.outlast.ready)
  expect((await told(page)).drop).toMatchObject([{ reason: 'opted_out', count: 1, uuids: [expect.any(String)] }])
  await page.evaluate(() => window.outlast.identify('ada', { plan: 'pro' }))
  const [event] = await received(1)
  expect(event).toMatchObject({ distinct_id: 'ada', properties: { $set: { plan: 'pro' } } })
})

for (const consent of ['pending', 'denied']) {
  test(`P10: a tab that waits ('${consent}') begins to work once another one has the consent, without a reload`, async ({
    visit,
    received,
  }) => {
    const waiting = await visit({ consent })
    await captureAndForget(waiting, 'before')
    await settle(waiting)
    const other = await visit({ consent })
    await optIn(other)
    await expect.poll(() => waiting.evaluate(() => window.outlast.isOptOut())).toBe(false)
    await capture(waiting, 'after')
    const names = consent === 'pending' ? ['after', 'before'] : ['after']
    const events = await received(names.length)
    expect(events.map(({ event }) => event).sort()).toEqual(names)
    const ids = await Promise.all([waiting, other].map((page) => page.evaluate(() => window.outlast.getDistinctId())))
    expect(ids[0]).toBe(ids[1])
  })
}

test('P10: a tab that waits hears of a consent that only the disk of another tab has, as where localStorage is full', async ({
  visit,
  received,
}) => {
  const waiting = await visit({ consent: 'pending', worker: false })
  await capture(waiting, 'waits')
  const other = await visit({ consent: 'pending', worker: false })
  await fillLocalStorage(other)
  await optIn(other)
  await capture(other, 'agreed')
  expect((await received(2)).map(({ event }) => event).sort()).toEqual(['agreed', 'waits'])
})

test('P9, P10: a tab that waits in the back/forward cache hears of such a consent when it is back', async ({
  visit,
  site,
  received,
}) => {
  const waiting = await visit({ consent: 'pending', worker: false })
  await waiting.evaluate(() => {
    window.name = 'kept'
    Object.assign(window, { stays: true })
  })
  await capture(waiting, 'waits')
  await waiting.goto(`${site.url}/away.html`)
  const other = await visit({ consent: 'pending', worker: false })
  await fillLocalStorage(other)
  await optIn(other)
  await capture(other, 'agreed')
  await waiting.bringToFront()
  await waiting.goBack({ waitUntil: 'commit' })
  await waiting.waitForFunction(() => 'stays' in window)
  expect((await received(2)).map(({ event }) => event).sort()).toEqual(['agreed', 'waits'])
})

test('P5, P10: a tab that waits drops what it captured once another one has the refusal', async ({ visit }) => {
  const waiting = await visit({ consent: 'pending' })
  await captureAndForget(waiting, 'never')
  await settle(waiting)
  await optOut(await visit({ consent: 'pending' }))
  await expect.poll(() => stats(waiting)).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
  expect((await told(waiting)).drop).toMatchObject([{ reason: 'opted_out', count: 1 }])
  await settle(waiting)
  expect(await onDevice(waiting)).toEqual({ ...NOTHING, local: CHOICE })
})

test('P5, P10: what was captured under an earlier consent is delivered after a refusal without clear, and erased after one with it', async ({
  visit,
  collector,
  received,
}) => {
  collector.fault({ mode: '503' })
  for (const clear of [false, true]) {
    const page = await visit({ consent: 'pending', worker: false })
    await optIn(page)
    await capture(page, clear ? 'erased' : 'under consent')
    await leave(page)
    const next = await visit({ consent: 'pending', worker: false })
    await optOut(next, clear)
    await leave(next)
    if (!clear) {
      collector.fault({ mode: 'ok' })
      const later = await visit({ consent: 'pending', worker: false })
      await received(1)
      await expect.poll(() => stats(later)).toMatchObject({ pending: 0 })
      await leave(later)
      collector.fault({ mode: '503' })
    }
  }
  collector.fault({ mode: 'ok' })
  const last = await visit({ consent: 'pending', worker: false })
  await expect.poll(() => stats(last)).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
  expect((await received(1)).map(({ event }) => event)).toEqual(['under consent'])
})

for (const [how, options, signal] of [
  ["persistence: 'memory'", { persistence: 'memory' }],
  ['cookieless', { cookieless: true }],
  ["consent: 'pending'", { consent: 'pending' }],
  ['respectGpc', { respectGpc: true }, 'globalPrivacyControl'],
] as const) {
  test(`P10: an erasure in a page that stores nothing (${how}) erases what earlier pages have stored, and none of it is sent`, async ({
    visit,
    collector,
    context,
  }) => {
    collector.fault({ mode: '503' })
    const page = await visit()
    await page.evaluate(() => {
      window.outlast.identify('ada', { plan: 'pro' })
      window.outlast.register({ plan: 'pro' })
    })
    await capture(page, 'secret')
    await leave(page)
    if (signal) await say(context, signal)
    const next = await visit(options)
    await next.evaluate(() => window.outlast.ready)
    await optOut(next, true)
    await choiceOnDisk(next, true)
    for (const table of ['chunks', 'bodies', 'journal'] as const)
      await expect.poll(() => stored(next, table)).toEqual([])
    expect((await onDevice(next)).local).toEqual(ERASED)
    expect((await onDevice(next)).session).toEqual([])
    collector.fault({ mode: 'ok' })
    await leave(next)
    const last = await visit({ consent: 'pending' })
    await optIn(last)
    await expect.poll(() => stats(last)).toMatchObject({ delivered: 0, pending: 0, dropped: { opted_out: 2 } })
    expect(await last.evaluate(() => window.outlast.getDistinctId())).not.toBe('ada')
    expect(await collector.stats()).toMatchObject({ events: 0 })
  })
}

test('P10: who was erased in one tab that waits does not come back by another one', async ({ visit, received }) => {
  const first = await visit()
  await first.evaluate(() => {
    window.outlast.identify('ada')
    window.outlast.register({ plan: 'pro' })
  })
  await received(1)
  const before = await first.evaluate(() => window.outlast.getAnonymousId())
  await leave(first)
  const [a, b] = [await visit({ consent: 'pending' }), await visit({ consent: 'pending' })]
  for (const page of [a, b]) await page.evaluate(() => window.outlast.ready)
  expect(await b.evaluate(() => window.outlast.getDistinctId())).toBe('ada')
  await optOut(a, true)
  await expect.poll(() => b.evaluate(() => window.outlast.isOptOut())).toBe(true)
  await optIn(b)
  await captureAndForget(b, 'anew')
  const anew = (await received(2)).find(({ event }) => event === 'anew')
  expect(anew?.distinct_id).not.toBe('ada')
  expect(anew?.distinct_id).not.toBe(before)
  expect(anew?.properties).not.toHaveProperty('plan')
})

test('P10: whom an earlier visit knew stays known while a page waits, whatever it calls', async ({
  visit,
  received,
}) => {
  const first = await visit()
  await first.evaluate(() => {
    window.outlast.identify('ada')
    window.outlast.register({ plan: 'pro' })
  })
  await received(1)
  const who = (page: Page) => page.evaluate(() => [window.outlast.getDistinctId(), window.outlast.getAnonymousId()])
  const before = await who(first)
  await leave(first)
  const waiting = await visit({ consent: 'pending', calls: [['identify', 'ada']] }, '/calls.html')
  await waiting.evaluate(() => window.outlast.ready)
  await leave(waiting)
  const refusing = await visit({ calls: [['optOut'], ['identify', 'ada']] }, '/calls.html')
  await refusing.evaluate(() => window.outlast.ready)
  await leave(refusing)
  const last = await visit({ consent: 'pending', calls: [['optIn']] }, '/calls.html')
  expect(await who(last)).toEqual(before)
  await captureAndForget(last, 'last')
  await expect.poll(async () => (await received(2)).find(({ event }) => event === 'last')?.properties.plan).toBe('pro')
})

test('P10: a refusal with clear of which localStorage alone has heard erases on the next visit, and no person is stored', async ({
  visit,
  collector,
  site,
  context,
}) => {
  collector.fault({ mode: '503' })
  const page = await visit({ worker: false })
  await capture(page, 'erased')
  // What a page has done by the time when it is ended within its choice: the disk has not heard of it.
  const refusedAt = await page.evaluate(() => Date.now() + 1)
  await leave(page)
  const other = await context.newPage()
  await other.goto(`${site.url}/away.html`)
  await other.evaluate((at) => {
    const key = Object.keys(localStorage).find((one) => one.endsWith(':person')) ?? ''
    localStorage.setItem(key.replace(/person$/, 'opt_out'), 'true')
    localStorage.setItem(key.replace(/person$/, 'opt_out_at'), String(at))
    localStorage.removeItem(key)
  }, refusedAt)
  collector.fault({ mode: 'ok' })
  const next = await visit({ worker: false })
  await expect.poll(() => stats(next)).toMatchObject({ delivered: 0, pending: 0, dropped: { opted_out: 1 } })
  expect((await onDevice(next)).local.filter((key) => key.endsWith('person'))).toEqual([])
  expect(await collector.stats()).toMatchObject({ events: 0 })
})

for (const refused of [true, false]) {
  test(`P10: a site that empties localStorage does not undo a ${refused ? 'refusal' : 'consent'} of an earlier page`, async ({
    visit,
    collector,
    received,
  }) => {
    const page = await visit({ consent: 'pending' })
    await optIn(page)
    await choiceOnDisk(page, false)
    if (refused) await optOut(page)
    await choiceOnDisk(page, refused)
    await page.evaluate(() => localStorage.clear())
    await leave(page)
    const next = await visit({ consent: 'pending' })
    await captureAndForget(next, 'one')
    await expect.poll(() => next.evaluate(() => localStorage.length)).toBeGreaterThan(1)
    expect(await next.evaluate(() => window.outlast.isOptOut())).toBe(refused)
    if (!refused) await received(1)
    else await expect.poll(() => stats(next)).toMatchObject({ delivered: 0, pending: 0 })
    if (refused) expect(await collector.stats()).toMatchObject({ events: 0 })
  })
}

test("P11: a consent that is no word of the option's stores nothing, and the console says so", async ({ visit }) => {
  const page = await visit({ consent: 'yes' })
  await captureAndForget(page, 'waits')
  await settle(page)
  expect(await onDevice(page)).toEqual(NOTHING)
  expect((await told(page)).warnings).toEqual([
    expect.stringContaining("consent must be 'granted', 'denied' or 'pending'"),
  ])
  await optIn(page)
  await capture(page, 'delivered')
  expect((await told(page)).warnings).toHaveLength(1)
})

test('P10: a refusal in memory holds on the disk, and one on the disk in memory', async ({ visit, collector }) => {
  for (const [first, second] of [
    ['memory', 'auto'],
    ['auto', 'memory'],
  ]) {
    const page = await visit({ persistence: first })
    await page.evaluate(() => window.outlast.ready)
    await optOut(page)
    await settle(page)
    await leave(page)
    const next = await visit({ persistence: second })
    await captureAndForget(next, 'never')
    expect(await next.evaluate(() => window.outlast.isOptOut())).toBe(true)
    await next.evaluate(() => localStorage.clear())
    await leave(next)
  }
  expect(await collector.stats()).toMatchObject({ events: 0 })
})

test('P10: cookieless counts without any identifier, in the form that PostHog takes', async ({ visit, received }) => {
  const page = await visit({ cookieless: true })
  await capture(page, 'counted')
  await page.evaluate(() => {
    window.outlast.reset()
    window.outlast.capture('after a reset')
    window.outlast.optIn()
    window.outlast.identify('ada')
  })
  const events = await received(3)
  const [counted, afterReset, identify] = ['counted', 'after a reset', '$identify'].map((name) =>
    events.find(({ event }) => event === name),
  )
  const { host } = new URL(page.url())
  for (const event of [counted, afterReset]) {
    expect(event?.distinct_id).toBe('$posthog_cookieless')
    expect(event?.properties).toMatchObject({ $cookieless_mode: true, $device_id: null, $host: host })
    expect(event?.properties.$raw_user_agent).toBe(await page.evaluate(() => navigator.userAgent))
    for (const name of ['$session_id', '$window_id']) expect(event?.properties).not.toHaveProperty(name)
  }
  expect(identify).toMatchObject({
    distinct_id: 'ada',
    properties: { $anon_distinct_id: '$posthog_cookieless', $cookieless_mode: true },
  })
  await settle(page)
  expect(await onDevice(page)).toEqual({ ...NOTHING, local: CHOICE })
  expect((await told(page)).warnings).toEqual([])
})

test('P10: what a cookieless client captures in the task of init is as what it captures later', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await context.newPage()
  await page.goto(`${site.url}/away.html`)
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  await page.evaluate(
    async ([library, host]) => {
      const { init } = await import(library as string)
      const outlast = init('phc_test', { host, cookieless: true, flushInterval: 200 })
      outlast.capture('early')
      await outlast.ready
      outlast.capture('late')
    },
    [`${site.url}/outlast/index.js`, collector.url],
  )
  const [early, late] = await received(2)
  expect(Object.keys(early?.properties ?? {}).sort()).toEqual(Object.keys(late?.properties ?? {}).sort())
  expect(warnings).toEqual([])
})

test('P10: what a cookieless client captures before a reset in the first moments has no identifier either', async ({
  visit,
  site,
  received,
}) => {
  site.lateMs = 500
  const page = await visit({ cookieless: true })
  await page.evaluate(() => {
    window.outlast.capture('before')
    window.outlast.reset()
    window.outlast.capture('after')
  })
  const events = await received(2)
  expect(events.map(({ distinct_id }) => distinct_id)).toEqual(['$posthog_cookieless', '$posthog_cookieless'])
})

test("P10: an id of nobody's that a cookieless page names in the task of init is put right, and a login after it counts", async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await context.newPage()
  await page.goto(`${site.url}/away.html`)
  await page.evaluate(
    async ([library, host]) => {
      const { init } = await import(library as string)
      const outlast = init('phc_test', { host, cookieless: true, flushInterval: 200 })
      outlast.identify('guest', { plan: 'free' })
      outlast.capture('early')
      await outlast.ready
      outlast.capture('late')
    },
    [`${site.url}/outlast/index.js`, collector.url],
  )
  const events = await received(3)
  expect(events.map(({ event, distinct_id }) => [event, distinct_id])).toEqual([
    ['$set', '$posthog_cookieless'],
    ['early', '$posthog_cookieless'],
    ['late', '$posthog_cookieless'],
  ])
  for (const name of ['$set', '$anon_distinct_id'])
    for (const { properties } of events) expect(properties).not.toHaveProperty(name)
  const next = await context.newPage()
  await next.goto(`${site.url}/away.html`)
  await next.evaluate(
    async ([library, host]) => {
      const { init } = await import(library as string)
      const outlast = init('phc_test', { host, cookieless: true, flushInterval: 200 })
      outlast.identify('guest')
      outlast.identify('ada')
    },
    [`${site.url}/outlast/index.js`, collector.url],
  )
  const [, , , login] = await received(4)
  expect(login).toMatchObject({
    event: '$identify',
    distinct_id: 'ada',
    properties: { distinct_id: 'ada', $anon_distinct_id: '$posthog_cookieless' },
  })
})

for (const [option, signal] of [
  ['respectDnt', 'doNotTrack'],
  ['respectGpc', 'globalPrivacyControl'],
] as const) {
  test(`P10: ${option} heeds navigator.${signal}, whatever was chosen, and is off by default`, async ({
    visit,
    context,
    collector,
    received,
  }) => {
    await say(context, signal)
    const page = await visit({ [option]: true })
    await optIn(page)
    await captureAndForget(page, 'never')
    // The code that waits for a consent is there by then, and hears of this one itself.
    await page.evaluate(() => window.outlast.ready)
    await optIn(page)
    await captureAndForget(page, 'never either')
    await settle(page)
    expect(await page.evaluate(() => window.outlast.isOptOut())).toBe(true)
    expect(await onDevice(page)).toEqual({ ...NOTHING, local: CHOICE })
    expect(await collector.stats()).toMatchObject({ requests: 0 })
    await leave(page)
    await capture(await visit({}), 'not asked to heed it')
    expect((await received(1)).map(({ event }) => event)).toEqual(['not asked to heed it'])
  })
}

/** The same without the ids of this run. */
async function keysOnDevice(page: Page) {
  const { local, ...others } = await onDevice(page)
  return { ...others, local: [...new Set(local.map((key) => key.replace(/[0-9a-f-]{36}/, '<id>')))] }
}

test('P10: exactly what the docs list is on the device after a consent, a refusal and an erasure', async ({
  visit,
  received,
}) => {
  const page = await visit({ consent: 'pending', adopt: 'posthog-js' })
  await optIn(page)
  await page.evaluate(() => {
    window.outlast.register({ plan: 'pro' })
    window.outlast.group('company', 'acme', { size: 3 })
  })
  await capture(page, 'one')
  await received(2)
  const given = {
    local: [
      ':adopted',
      ':opt_out',
      ':opt_out_at',
      ':person',
      ':person:<id>:$company',
      ':person:<id>:.plan',
      ':person:<id>:=company',
      ':person:<id>:session',
      ':stamp',
    ],
    session: [':window', ':window_open'],
    cookies: [],
    databases: ['outlast'],
    caches: [],
    workers: 1,
  }
  await expect.poll(() => keysOnDevice(page)).toEqual(given)
  await optOut(page)
  await settle(page)
  expect(await keysOnDevice(page)).toEqual(given)
  await optOut(page, true)
  await choiceOnDisk(page, true)
  await settle(page)
  expect(await keysOnDevice(page)).toEqual({ ...given, local: [':adopted', ...ERASED], session: [] })
})

for (const consent of ['pending', 'denied']) {
  test(`P10: a consent under '${consent}' is written after its person, so that no other tab that waits takes itself for the first`, async ({
    visit,
  }) => {
    const page = await visit({ consent })
    // The late code is there by then.
    await page.evaluate(() => window.outlast.ready)
    const written = await page.evaluate(() => {
      const { setItem } = Storage.prototype
      const keys: string[] = []
      Storage.prototype.setItem = function (key, value) {
        keys.push(key.replace(/^outlast:[^:]+:/, ''))
        setItem.call(this, key, value)
      }
      window.outlast.optIn()
      return keys
    })
    expect(written).toContain('opt_out')
    expect(written.slice(0, written.indexOf('opt_out'))).toContain('person')
  })
}
