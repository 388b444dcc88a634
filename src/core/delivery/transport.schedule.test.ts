import { expect, test } from 'vitest'
import { HANG, OK } from '../../../test/support/core/fake-endpoint'
import { world } from '../../../test/support/core/world'
import { memoryDatabase } from '../../adapters/memory-database'
import type { Database } from '../base/ports'

test('an interval runs from the first event and later captures do not postpone it', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushInterval: 5_000 } })
  await capture()
  for (let second = 1; second < 5; second++) {
    await clock.advance(1_000)
    await capture()
    expect(endpoint.sent).toHaveLength(0)
  }
  await clock.advance(999)
  expect(endpoint.sent).toHaveLength(0)
  await clock.advance(1)
  expect(endpoint.sent.map(({ uuids }) => uuids.length)).toEqual([5])
})

test('an event after a send starts an interval of its own', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushInterval: 5_000 } })
  await capture()
  await clock.advance(8_000)
  await capture()
  await clock.advance(4_999)
  expect(endpoint.sent).toHaveLength(1)
  await clock.advance(1)
  expect(endpoint.sent).toHaveLength(2)
})

test('an interval of 0 sends at once', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushInterval: 0 } })
  await capture()
  await clock.advance(0)
  expect(endpoint.sent).toHaveLength(1)
})

test.each(['live', 'historical'] as const)('flushAt sends the %s lane at once', async (lane) => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 3 } })
  await capture(2, { lane })
  await clock.advance(0)
  expect(endpoint.sent).toHaveLength(0)
  await capture(1, { lane })
  await clock.advance(0)
  expect(endpoint.sent.flatMap(({ uuids }) => uuids)).toHaveLength(3)
})

test('flushAt counts each lane for itself', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 3 } })
  await capture(2)
  await capture(2, { lane: 'historical' })
  await clock.advance(0)
  expect(endpoint.sent).toHaveLength(0)
})

test('lanes never share a request, and only the historical one says so', async () => {
  const { clock, capture, endpoint } = world()
  await capture(2)
  await capture(2, { lane: 'historical' })
  await clock.advance(5_000)
  expect(endpoint.sent.map(({ body }) => [body.batch.length, body.historical_migration])).toEqual([
    [2, undefined],
    [2, true],
  ])
})

test('each historical batch is requests of its own', async () => {
  const { clock, capture, endpoint } = world()
  await capture(2, { lane: 'historical' })
  await capture(3, { lane: 'historical' })
  await clock.advance(5_000)
  expect(endpoint.sent.map(({ uuids }) => uuids.length)).toEqual([2, 3])
})

test('a retry that becomes due does not drain the historical lane early', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushInterval: 5_000 } })
  endpoint.answer = (_, count) => (count === 1 ? { status: 503 } : OK)
  await capture(1)
  await clock.advance(4_900)
  await capture(1, { lane: 'historical' })
  await clock.advance(100) // The live event fails here, and its retry is due 200 ms later.
  await clock.advance(1_000)
  expect(endpoint.sent.map(({ body }) => body.historical_migration)).toEqual([undefined, undefined])
  await clock.advance(5_000)
  expect(endpoint.sent).toHaveLength(3)
})

test('a large drain is cut in order into requests of at most maxBatchSize', async () => {
  const { clock, capture, endpoint } = world({ settings: { maxBatchSize: 4, maxConcurrentRequests: 1 } })
  const events = await capture(10)
  await clock.advance(5_000)
  expect(endpoint.sent.map(({ uuids }) => uuids.length)).toEqual([4, 4, 2])
  expect(endpoint.sent.flatMap(({ body }) => body.batch)).toEqual(events.map((json) => JSON.parse(json)))
})

test('a long backlog goes in larger requests while the endpoint answers quickly', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { maxConcurrentRequests: 1 } })
  const events = await capture(2_000)
  await clock.advance(5_000)
  expect(endpoint.sent.map(({ uuids }) => uuids.length)).toEqual([100, 200, 400, 500, 500, 300])
  expect(endpoint.sent.flatMap(({ body }) => body.batch)).toEqual(events.map((json) => JSON.parse(json)))
  expect(await balance()).toMatchObject({ delivered: 2_000, pending: 0 })
})

test('P6: a slow network gets small requests', async () => {
  const { clock, capture, endpoint } = world({ settings: { maxConcurrentRequests: 1 } })
  endpoint.answer = () => ({ status: 200, afterMs: 1_000 })
  await capture(500)
  await clock.advance(10_000)
  expect(endpoint.sent.map(({ uuids }) => uuids.length)).toEqual([100, 100, 100, 100, 100])
})

test('maxBatchBytes cuts requests too, and one event alone may exceed it', async () => {
  const { clock, capture, endpoint } = world({ settings: { maxBatchBytes: 10, flushAt: 100 } })
  await capture(3)
  await clock.advance(5_000)
  expect(endpoint.sent.map(({ uuids }) => uuids.length)).toEqual([1, 1, 1])
})

test('P6: a request that hangs does not hold up the rest', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushAt: 1, requestTimeout: 30_000 } })
  endpoint.answer = (_, count) => (count === 1 ? HANG : OK)
  await capture()
  await clock.advance(0)
  for (let n = 0; n < 5; n++) {
    await capture()
    await clock.advance(100)
  }
  expect(endpoint.inFlight).toBe(1)
  expect(endpoint.taken.size).toBe(5)
})

test('no more than maxConcurrentRequests are in flight', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { maxBatchSize: 1, maxConcurrentRequests: 3 } })
  endpoint.answer = () => ({ status: 200, afterMs: 100 })
  await capture(20)
  await clock.advance(60_000)
  expect(endpoint.mostInFlight).toBe(3)
  expect(await balance()).toMatchObject({ delivered: 20, pending: 0 })
})

test('a wall clock that is set back does not postpone an interval by as much', async () => {
  const { clock, capture, endpoint } = world({ settings: { flushInterval: 5_000 } })
  await capture()
  await clock.advance(1_000)
  clock.jump(-86_400_000)
  await clock.advance(10_000)
  expect(endpoint.sent).toHaveLength(1)
})

test('nothing to do arms no timer', async () => {
  const { clock, capture, transport, endpoint } = world()
  await capture()
  await clock.advance(5_000)
  expect(endpoint.sent).toHaveLength(1)
  expect(clock.armed).toBe(0)
  expect(await transport.wake()).toEqual({ pending: 0, busy: 0 })
})

test('a spurious wake changes nothing', async () => {
  const { clock, capture, transport, endpoint } = world()
  await capture()
  const first = await transport.wake()
  expect(await transport.wake()).toEqual(first)
  expect(first.nextWakeAt).toBe(clock.now() + 5_000)
  expect(endpoint.sent).toHaveLength(0)
})

test('an event costs three transactions: it is stored, claimed and settled, and nothing is looked for that cannot be there', async () => {
  const stored = memoryDatabase()
  let count = 0
  const database: Database = {
    ...stored,
    transact(...given) {
      count += 1
      return stored.transact(...given)
    },
  }
  const { clock, capture, endpoint } = world({ database, settings: { flushAt: 1 } })
  await capture()
  await clock.advance(1_000)
  count = 0
  await capture()
  await clock.advance(60_000)
  expect(endpoint.sent).toHaveLength(2)
  expect(count).toBe(3)
})

test('an event that comes while the last one is in a request is sent at once', async () => {
  const { clock, capture, endpoint, transport } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (_, count) => (count === 1 ? HANG : OK)
  await capture()
  await clock.advance(0)
  await capture()
  await clock.advance(0)
  expect(endpoint.sent).toHaveLength(2)
  await clock.advance(1_000)
  await capture()
  void transport.wake('online')
  await clock.advance(0)
  expect(endpoint.sent).toHaveLength(3)
})
