import { expect, test } from './fixtures'

test('identity, session and super properties survive a reload, and an anonymous past becomes the identified person’s', async ({
  open,
  received,
}) => {
  const page = await open()
  const before = await page.evaluate(() => {
    window.outlast.register({ plan: 'pro' })
    window.outlast.capture('anonymous')
    return { id: window.outlast.getDistinctId(), session: window.outlast.getSessionId() }
  })
  await page.reload()
  await page.evaluate(() => {
    window.outlast.identify('user-1', { name: 'Ada' })
    window.outlast.group('company', 'acme')
    window.outlast.capture('known')
  })
  const events = await received(4)
  const [anonymous, identify, known] = ['anonymous', '$identify', 'known'].map((name) =>
    events.find(({ event }) => event === name),
  )
  expect(anonymous).toMatchObject({ distinct_id: before.id, properties: { plan: 'pro', $session_id: before.session } })
  expect(identify).toMatchObject({
    distinct_id: 'user-1',
    properties: { $anon_distinct_id: before.id, $set: { name: 'Ada' } },
  })
  expect(known).toMatchObject({
    distinct_id: 'user-1',
    properties: { plan: 'pro', $session_id: before.session, $groups: { company: 'acme' } },
  })
})

test('P10: opting out with clear leaves no event and no identity on the device, and is remembered', {
  tag: '@quick',
}, async ({ open, collector }) => {
  collector.fault({ mode: '503' })
  const page = await open()
  await page.evaluate(() => {
    window.outlast.identify('user-1')
    window.outlast.capture('private')
  })
  await expect.poll(() => page.evaluate(() => window.outlast.pending())).toBe(2)
  await page.evaluate(() => window.outlast.optOut({ clear: true }))
  await expect.poll(() => page.evaluate(() => window.outlast.pending())).toBe(0)
  const left = await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('outlast')
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    const counts: Record<string, number> = {}
    for (const table of ['chunks', 'batches', 'bodies', 'aside']) {
      counts[table] = await new Promise((resolve) => {
        const counting = db.transaction(table).objectStore(table).count()
        counting.onsuccess = () => resolve(counting.result)
      })
    }
    db.close()
    return { counts, kept: JSON.stringify({ ...localStorage, ...sessionStorage }) }
  })
  expect(left.counts).toEqual({ chunks: 0, batches: 0, bodies: 0, aside: 0 })
  expect(left.kept).not.toContain('user-1')
  collector.fault({ mode: 'ok' })
  await page.reload()
  const state = await page.evaluate(async () => {
    window.outlast.capture('still private')
    await window.outlast.flush()
    return { out: window.outlast.isOptOut(), stats: await window.outlast.stats() }
  })
  expect(state).toMatchObject({ out: true, stats: { pending: 0, dropped: { opted_out: 2 } } })
  expect((await collector.stats()).events).toBe(0)
})

test('P10: a reset holds on the next page, although localStorage takes nothing', async ({ open }) => {
  const page = await open()
  await page.evaluate(() => window.outlast.identify('ada'))
  await page.evaluate(() => window.outlast.ready)
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    window.outlast.reset()
  })
  await page.reload()
  expect(await page.evaluate(() => window.outlast.getDistinctId())).not.toBe('ada')
})

test('feature flags load with the first question, and the answer is told once', async ({
  open,
  received,
  collector,
}) => {
  collector.setFlags({ beta: true, colour: 'blue' })
  const page = await open()
  const loaded = () =>
    page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/chunks/flags.js')))
  expect(await loaded()).toBe(false)
  const answers = await page.evaluate(async () => [
    await window.outlast.isFeatureEnabled('beta'),
    await window.outlast.getFeatureFlag('colour'),
    await window.outlast.getFeatureFlag('colour'),
    await window.outlast.getFeatureFlag('unknown', { sendEvent: false }),
  ])
  expect(answers).toEqual([true, 'blue', 'blue', undefined])
  expect(await loaded()).toBe(true)
  const events = await received(2)
  expect(events.map(({ properties }) => [properties.$feature_flag, properties.$feature_flag_response])).toEqual([
    ['beta', true],
    ['colour', 'blue'],
  ])
})

test('AI events take their own endpoint with the same promises', async ({ open, received, collector }) => {
  const page = await open()
  await page.evaluate(() => window.outlast.captureAi('$ai_generation', { $ai_model: 'm' }))
  await received(1)
  const [request] = await collector.requests()
  expect(request?.path).toContain('/i/v0/ai/batch/')
})
