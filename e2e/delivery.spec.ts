import { expect, test } from './fixtures'

test('P4: an event arrives with the uuid, timestamp and properties it was captured with', { tag: '@quick' }, async ({
  open,
  received,
}) => {
  const page = await open()
  const uuid = '0190f5b4-3f2a-7cc3-9d1e-2f0a4c5b6d7e'
  await page.evaluate((id) => {
    const properties = { total: 42, nested: { deep: [1, 'two', null] } }
    window.outlast.capture('checkout', properties, { uuid: id, timestamp: '2025-01-02T08:34:05.123456+05:30' })
    properties.total = 0
  }, uuid)
  const [event] = await received(1)
  expect(event).toMatchObject({ uuid, event: 'checkout', timestamp: '2025-01-02T03:04:05.123456Z', copies: 1 })
  expect(event?.properties).toMatchObject({ total: 42, nested: { deep: [1, 'two', null] }, $lib: 'outlast' })
  expect(event?.properties.$current_url).toContain('/?init=')
  expect(event?.properties.$session_id).toMatch(/^[0-9a-f-]{36}$/)
  expect(event?.properties.$window_id).toMatch(/^[0-9a-f-]{36}$/)
})

test('across origins v0 needs no preflight and is gzipped', async ({ open, received, collector }) => {
  const page = await open()
  await page.evaluate(() => window.outlast.capture('one'))
  await received(1)
  expect((await collector.stats()).preflights).toBe(0)
  const [request] = await collector.requests()
  expect(request).toMatchObject({ wire: 'v0', status: 200, compressed: true })
})

test('v1 delivers with its headers, and what the server asks for again arrives once', { tag: '@quick' }, async ({
  open,
  received,
  collector,
}) => {
  const page = await open({ captureMode: 'v1', maxRetries: 5 })
  collector.fault({ mode: 'partial', results: ['ok', 'retry', 'drop'], count: 1 })
  const dropped = page.evaluate(
    () => new Promise((resolve) => window.outlast.on('drop', ({ uuids, reason }) => resolve({ uuids, reason }))),
  )
  await page.evaluate(() => {
    for (const [index, name] of ['kept', 'again', 'refused'].entries()) {
      const uuid = `0190f5b4-3f2a-7cc3-9d1e-00000000000${index}`
      window.outlast.capture(name, {}, { uuid })
    }
  })
  expect(await dropped).toEqual({ uuids: ['0190f5b4-3f2a-7cc3-9d1e-000000000002'], reason: 'rejected' })
  await received(2)
  const flushed = await page.evaluate(() => window.outlast.stats())
  expect(flushed).toMatchObject({ accepted: 3, delivered: 2, pending: 0, dropped: { rejected: 1 } })
  const requests = await collector.requests()
  expect(requests.map(({ attempt }) => Number(attempt))).toEqual([1, 2])
  expect(new Set(requests.map(({ request_id }) => request_id)).size).toBe(1)
})

test('flush resolves with what became of everything before it', async ({ open, collector }) => {
  const page = await open({ flushInterval: 60_000 })
  await page.evaluate(() => window.outlast.captureBatch([{ event: 'a' }, { event: 'b' }, { event: 'c' }]))
  expect(await page.evaluate(() => window.outlast.flush())).toEqual({ delivered: 3, pending: 0, dropped: 0 })
  collector.fault({ mode: '503' })
  await page.evaluate(() => window.outlast.capture('d'))
  expect(await page.evaluate(() => window.outlast.flush())).toEqual({ delivered: 0, pending: 1, dropped: 0 })
  expect(await page.evaluate(() => window.outlast.pending())).toBe(1)
  collector.fault({ mode: 'ok' })
})

test('shutdown delivers, keeps what it cannot deliver for the next visit, and is the same for every caller', {
  tag: '@quick',
}, async ({ open, received, collector }) => {
  const page = await open({ flushInterval: 60_000 })
  collector.fault({ mode: 'hang' })
  const results = await page.evaluate(async () => {
    window.outlast.capture('left behind')
    const [first, second] = await Promise.all([window.outlast.shutdown(500), window.outlast.shutdown()])
    window.outlast.capture('too late')
    return [first, second]
  })
  expect(results).toEqual([
    { delivered: 0, kept: 1, dropped: 0 },
    { delivered: 0, kept: 1, dropped: 0 },
  ])
  collector.fault({ mode: 'ok' })
  const next = await open()
  await received(1)
  await expect.poll(() => next.evaluate(() => window.outlast.pending())).toBe(0)
  expect((await collector.events()).map(({ event }) => event)).toEqual(['left behind'])
})

test('the historical lane goes out apart, with its flag', async ({ open, received, collector }) => {
  const page = await open()
  await page.evaluate(() => {
    window.outlast.captureBatch([{ event: 'then', timestamp: '2020-05-01T00:00:00Z' }], { historicalMigration: true })
    window.outlast.capture('now')
  })
  await received(2)
  expect((await collector.requests()).length).toBe(2)
})
