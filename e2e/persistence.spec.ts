/** A page that stores nothing, and is allowed to later: `persistence` is changed while the page lives. */

import { expect, test } from './late-site'
import { leave } from './leave'
import { NOTHING, onDevice } from './on-device'
import { capture, captureAndForget, stats, told } from './told'
import { buildVariant, OLDER_NAMES, serve, withdraw } from './variant'

for (const options of [{}, { worker: false }]) {
  const where = 'worker' in options ? 'the page' : 'a worker'

  test(`P2, P5: from memory to the disk of ${where} no event is lost or doubled, whether it was sent, in a request or waits`, async ({
    visit,
    collector,
    received,
  }) => {
    const page = await visit({ ...options, persistence: 'memory' })
    await capture(page, 'sent')
    await received(1)
    collector.fault({ mode: '503' })
    await capture(page, 'in a batch')
    await expect.poll(async () => (await collector.stats()).requests).toBeGreaterThan(1)
    const ready = await page.evaluate(async () => {
      const { outlast } = window
      outlast.capture('historical')
      outlast.captureBatch([{ event: 'of another lane' }], { historicalMigration: true })
      outlast.capture('in a lane')
      await outlast.stats()
      outlast.capture('in the outbox')
      const changed = outlast.setPersistence('auto')
      outlast.capture('after it')
      // A second click on the banner.
      await outlast.setPersistence('auto')
      return changed
    })
    expect(ready).toEqual({ host: 'worker' in options ? 'page' : 'worker', storage: 'indexeddb' })
    await expect.poll(() => stats(page)).toMatchObject({ pending: 6 })
    expect((await onDevice(page)).databases).toEqual(['outlast'])
    // They outlast the page.
    await leave(page)
    const next = await visit(options)
    await next.evaluate(() => window.outlast.ready)
    // Later than the beacons of the page that is gone: one that was taken would be a second copy.
    collector.fault({ mode: 'ok' })
    const names = ['after it', 'historical', 'in a batch', 'in a lane', 'in the outbox', 'of another lane', 'sent']
    const events = await received(names.length)
    expect(events.map(({ event, copies }) => [event, copies]).sort()).toEqual(names.map((name) => [name, 1]))
    await expect.poll(() => stats(next)).toEqual({ accepted: 6, delivered: 6, pending: 0, dropped: {} })
  })
}

test('P5: a page that goes from memory to the disk goes on as the visitor whom the device knows', async ({
  visit,
  received,
}) => {
  const first = await visit({})
  const known = await first.evaluate(() => {
    window.outlast.register({ plan: 'pro' })
    return window.outlast.getDistinctId()
  })
  await capture(first, 'first')
  await leave(first)
  const page = await visit({ persistence: 'memory' })
  const now = await page.evaluate(async () => {
    window.outlast.register({ theme: 'dark' })
    await window.outlast.setPersistence('auto')
    window.outlast.capture('second')
    return window.outlast.getDistinctId()
  })
  expect(now).toBe(known)
  const [, second] = await received(2)
  expect(second?.properties).toMatchObject({ plan: 'pro', theme: 'dark' })
})

test('P5: a person whom the page has identified in memory is the one on the disk afterwards, with the past that was there', async ({
  visit,
  received,
}) => {
  const first = await visit({})
  const anonymous = await first.evaluate(() => window.outlast.getDistinctId())
  await capture(first, 'anonymous')
  await leave(first)
  const page = await visit({ persistence: 'memory' })
  await page.evaluate(async () => {
    window.outlast.identify('ada')
    await window.outlast.setPersistence('auto')
  })
  const events = await received(3)
  expect(events.map(({ event, properties }) => [event, properties.$anon_distinct_id])).toContainEqual([
    '$identify',
    anonymous,
  ])
  await leave(page)
  const next = await visit({})
  expect(await next.evaluate(() => window.outlast.getDistinctId())).toBe('ada')
})

test('P10: an opt-out after the change holds, without erasing what was captured before it', async ({
  visit,
  collector,
  received,
}) => {
  collector.fault({ mode: '503' })
  const page = await visit({ persistence: 'memory', worker: false })
  await page.evaluate(() => window.outlast.setPersistence('auto'))
  await capture(page, 'before')
  await page.evaluate(() => {
    window.outlast.optOut()
    window.outlast.capture('after')
  })
  await leave(page)
  collector.fault({ mode: 'ok' })
  const next = await visit({ worker: false })
  expect((await received(1)).map(({ event }) => event)).toEqual(['before'])
  expect(await next.evaluate(() => window.outlast.isOptOut())).toBe(true)
})

test('P10: an opt-out with clear, in the task of the change, leaves no event', async ({ visit, collector }) => {
  collector.fault({ mode: '503' })
  const page = await visit({ persistence: 'memory', worker: false })
  await capture(page, 'erased')
  await page.evaluate(async () => {
    const changed = window.outlast.setPersistence('auto')
    window.outlast.optOut({ clear: true })
    await changed
  })
  await expect.poll(() => stats(page)).toMatchObject({ pending: 0 })
  await leave(page)
  collector.fault({ mode: 'ok' })
  const next = await visit({ worker: false })
  await next.evaluate(() => window.outlast.flush())
  expect((await onDevice(next)).local.filter((key) => key.endsWith('person'))).toEqual([])
  expect(await collector.stats()).toMatchObject({ events: 0 })
})

for (const [why, options, words] of [
  ['a person who has refused', { persistence: 'memory' }, 'the person has refused'],
  ['a person who has not consented', { persistence: 'memory', consent: 'pending' }, 'before the person has consented'],
  ['a cookieless client', { cookieless: true }, 'cookieless'],
] as const) {
  test(`P10: of ${why} nothing is stored, and the console says why`, async ({ visit }) => {
    const page = await visit(options)
    await page.evaluate(() => window.outlast.ready)
    if (why.endsWith('refused')) await page.evaluate(() => window.outlast.optOut())
    await page.evaluate(() => window.outlast.setPersistence('auto'))
    await captureAndForget(page, 'one')
    const found = await onDevice(page)
    expect({ ...found, local: found.local.filter((key) => !key.startsWith(':opt_out')) }).toEqual(NOTHING)
    expect((await told(page)).warnings).toEqual([expect.stringContaining(words)])
  })
}

test('P5, P10: a page that waits in memory stores once the person consents to both', async ({ visit, received }) => {
  const page = await visit({ persistence: 'memory', consent: 'pending' })
  await captureAndForget(page, 'early')
  const ready = await page.evaluate(async () => {
    window.outlast.optIn()
    return window.outlast.setPersistence('auto')
  })
  expect(ready).toEqual({ host: 'worker', storage: 'indexeddb' })
  expect((await received(1)).map(({ event, copies }) => [event, copies])).toEqual([['early', 1]])
})

test('P11: any other word changes nothing, and the console says how to remove what is on the device', async ({
  visit,
}) => {
  const page = await visit({})
  await page.evaluate(() => window.outlast.setPersistence('memory' as 'auto'))
  expect((await told(page)).warnings).toEqual([expect.stringContaining('optOut({ clear: true })')])
})

/** As posthog-js leaves a known person on the device. */
const LEFT_BY_POSTHOG_JS = {
  distinct_id: 'ada',
  $device_id: 'device-1',
  $user_state: 'identified',
  plan: 'pro',
  $groups: { company: 'acme' },
}

test('a page that adopts whom posthog-js knew does so when it goes from memory to the disk, and a later page too', async ({
  visit,
  context,
  received,
}) => {
  await context.addInitScript((left) => {
    if (location.protocol === 'about:') return
    localStorage.setItem('ph_phc_test_posthog', JSON.stringify(left))
  }, LEFT_BY_POSTHOG_JS)
  const options = { persistence: 'memory', adopt: 'posthog-js' }
  const page = await visit(options)
  await page.evaluate(async () => {
    await window.outlast.setPersistence('auto')
    window.outlast.capture('on the disk')
  })
  const [event] = await received(1)
  expect(event).toMatchObject({ distinct_id: 'ada', properties: { plan: 'pro', $groups: { company: 'acme' } } })
  expect((await told(page)).warnings).toEqual([])
  await leave(page)
  const next = await visit({ adopt: 'posthog-js' })
  expect(await next.evaluate(() => window.outlast.getDistinctId())).toBe('ada')
})

test('P10: who has refused posthog-js and agrees later does not come back by what it has left', async ({
  visit,
  context,
}) => {
  await context.addInitScript((left) => {
    if (location.protocol === 'about:') return
    localStorage.setItem('ph_phc_test_posthog', JSON.stringify(left))
    localStorage.setItem('__ph_opt_in_out_phc_test', '0')
  }, LEFT_BY_POSTHOG_JS)
  const page = await visit({ persistence: 'memory', adopt: 'posthog-js' })
  await expect.poll(() => page.evaluate(() => window.outlast.isOptOut())).toBe(true)
  const id = await page.evaluate(async () => {
    window.outlast.optIn()
    await window.outlast.setPersistence('auto')
    return window.outlast.getDistinctId()
  })
  expect(id).not.toBe('ada')
  await leave(page)
  const next = await visit({ adopt: 'posthog-js' })
  await next.evaluate(() => window.outlast.ready)
  expect(await next.evaluate(() => window.outlast.getDistinctId())).toBe(id)
})

test('whom an earlier version of the library knew goes on when a page goes from memory to the disk; a refusal there holds', async ({
  visit,
  site,
}) => {
  const variant = await buildVariant([], OLDER_NAMES)
  serve(site, variant)
  const older = await visit({ calls: [['identify', 'ada']] }, '/calls.html')
  await older.evaluate(() => window.outlast.flush())
  withdraw(site, variant)
  const page = await visit({ persistence: 'memory' })
  await page.evaluate(() => window.outlast.ready)
  const refuses = await visit({ persistence: 'memory' })
  await refuses.evaluate(() => window.outlast.ready)
  expect(
    await page.evaluate(async () => {
      await window.outlast.setPersistence('auto')
      return window.outlast.getDistinctId()
    }),
  ).toBe('ada')
  await older.evaluate(() => window.outlast.optOut())
  // What one process writes to localStorage reaches that of another page a moment later.
  await refuses.waitForFunction(() =>
    Object.entries(localStorage).some(([key, value]) => key.endsWith(':opt_out') && value === 'true'),
  )
  const ready = await refuses.evaluate(() => window.outlast.setPersistence('auto'))
  expect(ready).toEqual({ host: 'memory', storage: 'memory' })
  expect(await refuses.evaluate(() => window.outlast.isOptOut())).toBe(true)
  expect((await told(refuses)).warnings.join()).toContain('the person has refused')
})

test('P8: who was reset while a page stored nothing does not come back once it stores, and keeps the session', async ({
  visit,
}) => {
  const first = await visit({})
  await first.evaluate(() => {
    window.outlast.identify('ada')
    window.outlast.register({ plan: 'pro' })
  })
  await capture(first, 'first')
  await leave(first)
  const page = await visit({ persistence: 'memory' })
  const [before, after] = await page.evaluate(async () => {
    const { outlast } = window
    outlast.reset()
    outlast.register({ theme: 'dark' })
    const now = () => [outlast.getDistinctId(), outlast.getSessionId()]
    const was = now()
    await outlast.setPersistence('auto')
    return [was, now()]
  })
  expect(after).toEqual(before)
  await leave(page)
  const next = await visit({})
  expect(await next.evaluate(() => window.outlast.getDistinctId())).toBe(before?.[0])
  const kept = await next.evaluate(() => Object.entries(localStorage).join())
  expect(kept).toContain('dark')
  expect(kept).not.toMatch(/ada|pro"/)
})
