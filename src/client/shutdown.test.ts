import { expect, test, vi } from 'vitest'
import { clientWorld, durableMemory } from '../../test/support/core/client-world'
import { HANG, OK } from '../../test/support/core/fake-endpoint'
import { settled } from '../../test/support/core/virtual-clock'

const watch = <T>(promise: Promise<T>) => {
  const state: { value?: T; settled: boolean } = { settled: false }
  void promise.then((value) => Object.assign(state, { value, settled: true }))
  return state
}

test('shutdown delivers what is queued and leaves nothing pending', async () => {
  const { client, endpoint } = clientWorld()
  client.capture('one')
  client.captureBatch([{ event: 'two' }], { historicalMigration: true })
  expect(await client.shutdown()).toEqual({ delivered: 2, kept: 0, dropped: 0 })
  expect(endpoint.taken.size).toBe(2)
  expect(await client.stats()).toEqual({ accepted: 2, delivered: 2, pending: 0, dropped: {} })
})

test('shutdown is bounded as a whole, and drops the rest with a reason', async () => {
  const { client, clock, endpoint, drops } = clientWorld({ options: { maxBatchSize: 1, maxConcurrentRequests: 1 } })
  endpoint.answer = () => HANG
  for (let n = 0; n < 5; n++) client.capture('event')
  const shutdown = watch(client.shutdown(1_000))
  await clock.advance(1_000)
  expect(shutdown).toEqual({ settled: true, value: { delivered: 0, kept: 0, dropped: 5 } })
  expect(drops).toEqual([expect.objectContaining({ reason: 'shutdown', count: 5 })])
  expect(endpoint.inFlight).toBe(0)
  await clock.advance(600_000)
  expect(endpoint.sent).toHaveLength(1)
  expect(await client.stats()).toMatchObject({ accepted: 5, pending: 0, dropped: { shutdown: 5 } })
})

test.each(['live', 'historical'])('shutdown(0) sends nothing of the %s lane', async (lane) => {
  const { client, clock, endpoint } = clientWorld()
  client.captureBatch([{ event: 'one' }, { event: 'two' }], { historicalMigration: lane === 'historical' })
  expect(await client.shutdown(0)).toEqual({ delivered: 0, kept: 0, dropped: 2 })
  await clock.advance(600_000)
  expect(endpoint.sent).toHaveLength(0)
})

test('shutdown(0) sends no waiting retry either', async () => {
  const { client, clock, endpoint } = clientWorld({ options: { flushAt: 1 } })
  endpoint.answer = () => ({ status: 503 })
  client.capture('one')
  await clock.advance(100)
  expect(await client.shutdown(0)).toEqual({ delivered: 0, kept: 0, dropped: 1 })
  await clock.advance(600_000)
  expect(endpoint.sent).toHaveLength(1)
})

test('over durable storage shutdown keeps what it could not deliver, and nothing goes on in the background', async () => {
  const { client, clock, endpoint } = clientWorld({ database: durableMemory(), ladder: ['page'] })
  endpoint.answer = () => ({ status: 503 })
  client.capture('one')
  const shutdown = watch(client.shutdown(1_000))
  await clock.advance(1_000)
  expect(shutdown.value).toEqual({ delivered: 0, kept: 1, dropped: 0 })
  const before = endpoint.sent.length
  await clock.advance(600_000)
  expect(endpoint.sent).toHaveLength(before)
  expect(await client.pending()).toBe(1)
})

test.each([Number.POSITIVE_INFINITY, Number.MAX_VALUE, 1e12])(
  'shutdown(%d) arms no timer longer than a day',
  async (timeout) => {
    const { client, clock, endpoint } = clientWorld({ options: { requestTimeout: 30_000 } })
    endpoint.answer = () => HANG
    client.capture('one')
    const shutdown = watch(client.shutdown(timeout))
    await clock.advance(31_000)
    expect(shutdown.settled).toBe(true)
    for (const delay of clock.delays) {
      expect(delay).toBeLessThanOrEqual(86_400_000)
      expect(Number.isFinite(delay)).toBe(true)
    }
  },
)

test.each([Number.NaN, -1, '5', null])('shutdown(%s) uses shutdownTimeout, with a warning', async (timeout) => {
  const { client, warnings } = clientWorld()
  client.capture('one')
  expect(await client.shutdown(timeout as number)).toMatchObject({ delivered: 1 })
  expect(warnings.join()).toContain('shutdown needs a timeout')
})

test.each([Number.NaN, -1, '5'])('a shutdownTimeout of %s is the default, with a warning', async (shutdownTimeout) => {
  const { client, clock, endpoint, warnings } = clientWorld({ options: { shutdownTimeout: shutdownTimeout as number } })
  expect(warnings.join()).toContain('shutdownTimeout must be a number of at least 0; using 30000')
  endpoint.answer = () => HANG
  client.capture('one')
  const shutdown = watch(client.shutdown())
  await clock.advance(29_999)
  expect(shutdown.settled).toBe(false)
  await clock.advance(1)
  expect(shutdown.settled).toBe(true)
})

test('every caller of shutdown gets the result of the one drain', async () => {
  const { client, endpoint } = clientWorld()
  client.capture('one')
  const all = [client.shutdown(), client.shutdown(0)]
  const results = [...(await Promise.all(all)), await client.shutdown()]
  expect(results).toEqual([results[0], results[0], results[0]])
  expect(endpoint.sent).toHaveLength(1)
})

test('after shutdown nothing more is sent and a flush is over at once (docs/protocol.md §4.6)', async () => {
  const { client, endpoint } = clientWorld()
  await client.shutdown()
  client.capture('late')
  expect(await client.flush()).toEqual({ delivered: 0, pending: 0, dropped: 0 })
  expect(endpoint.sent).toHaveLength(0)
})

test('P5: every capture after shutdown is told as dropped, and the console is told once', async () => {
  const { client, clock, endpoint, drops, warnings } = clientWorld()
  const closing = client.shutdown()
  client.capture('late')
  await closing
  client.captureBatch([{ event: 'later' }, { event: 'latest' }])
  const told = { uuids: [], count: 1, reason: 'shutdown', detail: 'shutdown' }
  expect(drops).toEqual([told, told, told])
  expect(warnings.filter((warning) => warning.includes('after shutdown'))).toHaveLength(1)
  await clock.advance(600_000)
  expect(endpoint.sent).toHaveLength(0)
  expect(await client.stats()).toEqual({ accepted: 0, delivered: 0, pending: 0, dropped: {} })
})

test("P2: a client that shuts down beside a new one of the same page takes no answer that is the other one's", async () => {
  const database = durableMemory()
  const closing = clientWorld({ database, ladder: ['page'] })
  const fresh = clientWorld({ database, ladder: ['page'], nth: 1 })
  fresh.passes.toHost = () => false
  fresh.client.capture('after')
  await settled()
  closing.client.capture('before')
  await closing.client.shutdown()
  for (const message of closing.toPage) fresh.hear(message)
  expect(fresh.outbox.count).toBe(1)
  fresh.passes.toHost = () => true
  await fresh.clock.advance(60_000)
  expect(fresh.endpoint.sent.flatMap(({ body }) => body.batch.map(({ event }) => event))).toEqual(['after'])
})

test('a flush that was waiting when shutdown came resolves', async () => {
  const { client, clock, endpoint } = clientWorld()
  endpoint.answer = () => HANG
  client.capture('one')
  const flush = watch(client.flush())
  const shutdown = watch(client.shutdown(500))
  const late = watch(client.flush())
  await clock.advance(1_000)
  expect([flush.settled, shutdown.settled, late.settled]).toEqual([true, true, true])
})

test('flush, stats and shutdown settle although nothing is ever answered', async () => {
  const { client, clock, passes } = clientWorld()
  passes.toPage = () => false
  client.capture('one')
  const calls = [client.flush(), client.stats(), client.pending(), client.shutdown(1_000), client.shutdown(1_000)]
  const watched = calls.map((call) => watch<unknown>(call))
  await clock.advance(1_250)
  expect(watched.every((call) => call.settled)).toBe(true)
})

test('a shutdown that hears nothing says that its events are kept back, not that they are gone', async () => {
  const { client, clock, passes } = clientWorld()
  passes.toHost = () => false
  client.capture('one')
  const shutdown = watch(client.shutdown(1_000))
  await clock.advance(1_250)
  expect(shutdown.value).toEqual({ delivered: 0, kept: 1, dropped: 0 })
})

test('concurrent flushes and a shutdown settle, and nothing is sent twice', async () => {
  const { client, clock, endpoint } = clientWorld({ options: { maxBatchSize: 1 } })
  endpoint.answer = () => ({ status: 200, afterMs: 20 })
  for (let n = 0; n < 10; n++) client.capture('event')
  const calls = [client.flush(), client.flush(), client.shutdown(), client.flush()].map((call) => watch<unknown>(call))
  await clock.advance(5_000)
  expect(calls.every((call) => call.settled)).toBe(true)
  expect([...endpoint.taken.values()]).toEqual(Array(10).fill(1))
})

test('a flush while storage refuses for a while still settles', async () => {
  const database = durableMemory()
  const { client, clock, endpoint } = clientWorld({ database })
  client.capture('one')
  await clock.advance(0)
  const { transact } = database
  let failures = 4
  database.transact = (mode, work) =>
    failures-- > 0 ? Promise.reject(new Error('gone')) : (transact.call(database, mode, work) as never)
  const calls = [watch<unknown>(client.stats()), watch<unknown>(client.flush())]
  await clock.advance(60_000)
  expect(calls.every((call) => call.settled)).toBe(true)
  endpoint.answer = () => OK
  expect(await client.stats()).toMatchObject({ pending: 0, delivered: 1 })
})

test('shutdown tells the page once that it is over', async () => {
  const { client } = clientWorld()
  const over = vi.fn()
  void client.shutdown().finally(over)
  await settled()
  expect(over).toHaveBeenCalledTimes(1)
})
