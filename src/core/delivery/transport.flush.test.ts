import { expect, test } from 'vitest'
import { HANG, LOST, OK, UNREACHABLE } from '../../../test/support/core/fake-endpoint'
import { idsFrom } from '../../../test/support/core/fixtures'
import { settled } from '../../../test/support/core/virtual-clock'
import { noLocks, type World, world } from '../../../test/support/core/world'
import { createTransport } from './transport'

/** A flush, and whether it has settled. */
function flushing({ transport }: World, options: Parameters<World['transport']['flush']>[0] = {}) {
  const state = { settled: false, result: transport.flush(options) }
  void state.result.then(() => {
    state.settled = true
  })
  return state
}

test('flush of an empty queue sends nothing and resolves at once', async () => {
  const { transport, endpoint } = world()
  expect(await transport.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 })
  expect(endpoint.sent).toHaveLength(0)
})

test('flush delivers everything accepted before it, history first', async () => {
  const { transport, capture, endpoint } = world({ settings: { maxBatchSize: 2, maxConcurrentRequests: 1 } })
  await capture(3)
  await capture(1, { lane: 'historical' })
  expect(await transport.flush()).toEqual({ delivered: 4, dropped: 0, pending: 0 })
  expect(endpoint.sent.map(({ body }) => [body.historical_migration, body.batch.length])).toEqual([
    [true, 1],
    [undefined, 2],
    [undefined, 1],
  ])
})

test('flush waits for a request that is in flight and does not repeat it', async () => {
  const w = world({ settings: { flushAt: 1 } })
  w.endpoint.answer = () => ({ status: 200, afterMs: 1_000 })
  await w.capture()
  await w.clock.advance(0)
  const flush = flushing(w)
  await w.clock.advance(999)
  expect(flush.settled).toBe(false)
  await w.clock.advance(1)
  expect(await flush.result).toEqual({ delivered: 1, dropped: 0, pending: 0 })
  expect(w.endpoint.sent).toHaveLength(1)
})

test('flush makes one attempt for each waiting batch and resolves while they stay waiting', async () => {
  const { clock, transport, capture, endpoint, balance } = world({ settings: { flushAt: 1, maxBatchSize: 1 } })
  endpoint.answer = () => ({ status: 503 })
  await capture(3)
  await clock.advance(2_500)
  const before = endpoint.sent.length
  expect(await transport.flush()).toEqual({ delivered: 0, dropped: 0, pending: 3 })
  expect(endpoint.sent.slice(before).flatMap(({ uuids }) => uuids)).toHaveLength(3)
  expect(new Set(endpoint.sent.slice(before).flatMap(({ uuids }) => uuids)).size).toBe(3)
  expect(await balance()).toMatchObject({ pending: 3 })
})

test('flush does not cut short a pause that the server asked for, unless it is told to', async () => {
  const { clock, transport, capture, endpoint } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (_, count) => (count === 1 ? { status: 503, retryAfter: '20' } : OK)
  await capture()
  await clock.advance(0)
  expect(await transport.flush()).toEqual({ delivered: 0, dropped: 0, pending: 1 })
  expect(endpoint.sent).toHaveLength(1)
  expect(await transport.flush({ ignoreRetryAfter: true })).toEqual({ delivered: 1, dropped: 0, pending: 0 })
})

test('P6: flush settles after requestTimeout while the endpoint stalls', async () => {
  const w = world({ settings: { requestTimeout: 30_000 } })
  w.endpoint.answer = () => HANG
  await w.capture(5)
  const flush = flushing(w)
  await w.clock.advance(29_999)
  expect(flush.settled).toBe(false)
  await w.clock.advance(1)
  expect(await flush.result).toEqual({ delivered: 0, dropped: 0, pending: 5 })
})

test('flush with a timeout resolves by then', async () => {
  const w = world({ settings: { requestTimeout: 30_000 } })
  w.endpoint.answer = () => HANG
  await w.capture(5)
  const flush = flushing(w, { timeoutMs: 1_000 })
  await w.clock.advance(1_000)
  expect(flush.settled).toBe(true)
})

test('once its time is over a flush starts no further request', async () => {
  const w = world({
    settings: { maxBatchSize: 1, maxConcurrentRequests: 1, requestTimeout: 30_000, flushInterval: 86_400_000 },
  })
  w.endpoint.answer = () => HANG
  await w.capture(5)
  const flush = flushing(w, { timeoutMs: 1_000 })
  await w.clock.advance(1_000)
  expect(flush.settled).toBe(true)
  await w.transport.pause()
  await w.clock.advance(100_000)
  expect(w.endpoint.sent).toHaveLength(1)
})

test('concurrent flushes all settle and send nothing twice', async () => {
  const w = world({ settings: { maxBatchSize: 2 } })
  w.endpoint.answer = () => ({ status: 200, afterMs: 50 })
  await w.capture(10)
  const flushes = [flushing(w), flushing(w), flushing(w)]
  await w.clock.advance(1_000)
  expect(flushes.map((flush) => flush.settled)).toEqual([true, true, true])
  expect([...w.endpoint.taken.values()].every((times) => times === 1)).toBe(true)
  expect(await w.balance()).toMatchObject({ delivered: 10, pending: 0 })
})

test('events captured during a flush are in it or in a later request, never lost', async () => {
  const w = world({ settings: { maxBatchSize: 1, maxConcurrentRequests: 1 } })
  w.endpoint.answer = () => ({ status: 200, afterMs: 100 })
  await w.capture(3)
  const flush = flushing(w)
  await w.clock.advance(150)
  await w.capture(3)
  await w.clock.advance(200)
  expect(flush.settled).toBe(true)
  expect((await flush.result).delivered).toBe(3)
  await w.clock.advance(10_000)
  expect(await w.balance()).toMatchObject({ delivered: 6, pending: 0 })
})

test('flush leaves the rest for later once three requests in a row found nobody', async () => {
  const { transport, capture, endpoint, balance } = world({ settings: { maxBatchSize: 1, maxConcurrentRequests: 1 } })
  endpoint.answer = () => UNREACHABLE
  await capture(50)
  expect(await transport.flush()).toEqual({ delivered: 0, dropped: 0, pending: 50 })
  expect(endpoint.sent).toHaveLength(3)
  expect(await balance()).toMatchObject({ pending: 50 })
})

test('flush counts what expired while it waited', async () => {
  const { clock, transport, capture, endpoint } = world({ settings: { flushAt: 1, maxEventAge: 60_000 } })
  endpoint.answer = () => ({ status: 503, retryAfter: '30' })
  await capture(2)
  await clock.advance(29_000)
  clock.jump(60_000)
  expect(await transport.flush()).toEqual({ delivered: 0, dropped: 2, pending: 0 })
})

test('flush attempts what a dead sender had in a request', async () => {
  const w = world({ settings: { flushAt: 1 }, senderId: 'worker:1' })
  w.endpoint.answer = () => HANG
  await w.capture(2)
  await w.clock.advance(0)
  w.endpoint.answer = () => OK
  const successor = createTransport(w.queue, {
    clock: w.clock,
    random: () => 0,
    newId: idsFrom(2_000_000),
    sender: w.endpoint,
    compress: async () => undefined,
    locks: noLocks,
    report: () => undefined,
    hooks: [],
    senderId: 'worker:2',
  })
  expect(await successor.flush()).toEqual({ delivered: 2, dropped: 0, pending: 0 })
})

test('flush settles when storage fails', async () => {
  const w = world()
  await w.capture()
  w.database.transact = () => Promise.reject(new Error('gone'))
  expect(await w.transport.flush()).toMatchObject({ delivered: 0 })
})

test('an answer that was lost is delivered again, under the same uuid, and counted once', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (_, count) => (count === 1 ? LOST : OK)
  const [json = ''] = await capture()
  await clock.advance(1_000)
  expect([...endpoint.taken]).toEqual([[JSON.parse(json).uuid, 2]])
  expect(await balance()).toMatchObject({ delivered: 1, pending: 0 })
})

test('pause ends requests in flight, starts none until resume, and loses nothing', async () => {
  const w = world({ settings: { maxBatchSize: 1, flushAt: 1 } })
  w.endpoint.answer = () => HANG
  await w.capture(5)
  await w.clock.advance(0)
  expect(w.endpoint.inFlight).toBe(3)
  await w.transport.pause()
  expect(w.endpoint.inFlight).toBe(0)
  w.endpoint.answer = () => OK
  await w.clock.advance(100_000)
  expect(w.endpoint.sent).toHaveLength(3)
  expect(await w.balance()).toMatchObject({ pending: 5 })
  w.transport.resume()
  w.go()
  await w.clock.advance(100_000)
  expect(await w.balance()).toMatchObject({ delivered: 5, pending: 0 })
})

test('pause settles although a batch is still being compressed, and that batch is not sent', async () => {
  const w = world({ settings: { flushAt: 1, compression: 'gzip' } })
  let compressed: (bytes: undefined) => void = () => undefined
  const transport = createTransport(w.queue, {
    clock: w.clock,
    random: () => 0,
    newId: idsFrom(3_000_000),
    sender: w.endpoint,
    compress: () => new Promise((resolve) => (compressed = resolve)),
    locks: noLocks,
    report: () => undefined,
    hooks: [],
    senderId: 'page:9',
  })
  await transport.configure(w.config)
  w.transport.pause()
  await w.capture()
  await transport.wake()
  const paused = transport.pause()
  await settled()
  compressed(undefined)
  await paused
  expect(w.endpoint.sent).toHaveLength(0)
  expect(await w.balance()).toMatchObject({ pending: 1 })
})

test('urgent sends what is new whatever its interval, but does not hammer an endpoint that fails', async () => {
  const w = world({ settings: { maxBatchSize: 1 } })
  await w.capture(3)
  w.go('urgent')
  await w.clock.advance(0)
  expect(w.endpoint.taken.size).toBe(3)
  w.endpoint.answer = () => ({ status: 503 })
  await w.capture(100)
  w.go('urgent')
  await w.clock.advance(100)
  expect(w.endpoint.sent.length - 3).toBeLessThan(10)
})
