import { expect, test } from 'vitest'
import { batches, watch, world } from '../../../test/support/client/world'
import { HANG, OK } from '../../../test/support/core/fake-endpoint'

test('Retry queue keeps events after transient failure', async () => {
  const w = world()
  w.endpoint.answer = () => ({ status: 503 })
  w.client.capture('one')
  expect(await w.client.flush()).toEqual({ delivered: 0, pending: 1, dropped: 0 })
  expect(await w.client.pending()).toBe(1)
})

test('Retry queue delivers events after a later success', async () => {
  const w = world()
  w.endpoint.answer = (_, count) => ({ status: count === 1 ? 503 : 200 })
  w.client.capture('one')
  await w.client.flush()
  await w.client.flush()
  expect(batches(w)).toEqual([['one'], ['one']])
  expect(w.endpoint.sent[1]?.uuids).toEqual(w.endpoint.sent[0]?.uuids)
  expect(await w.client.pending()).toBe(0)
})

test('Retry queue drops or bounds events when capacity is exceeded', async () => {
  const w = world({ options: { maxQueueSize: 2 } })
  for (const name of ['one', 'two', 'three']) w.client.capture(name)
  expect(await w.client.pending()).toBe(2)
  expect(w.enqueued.map(({ event }) => event)).toEqual(['one', 'two'])
  expect(w.warnings).toEqual([expect.stringContaining('the queue is full')])
})

test('capacity 3, flush in flight, three more captured meanwhile: all six are kept and delivered', async () => {
  const w = world({ options: { maxQueueSize: 3, flushInterval: 600_000, requestTimeout: 5_000 } })
  w.endpoint.answer = () => ({ status: 200, afterMs: 1_000 })
  for (const name of ['one', 'two', 'three']) w.client.capture(name)
  const first = watch(w.client.flush())
  await w.settle()
  expect(batches(w)).toEqual([['one', 'two', 'three']])
  for (const name of ['four', 'five', 'six']) w.client.capture(name)
  await w.clock.advance(1_000)
  expect(first.value).toEqual({ delivered: 3, pending: 0, dropped: 0 })
  expect(await w.client.pending()).toBe(3)
  w.endpoint.answer = () => OK
  expect(await w.client.flush()).toEqual({ delivered: 3, pending: 0, dropped: 0 })
  expect(batches(w)).toEqual([
    ['one', 'two', 'three'],
    ['four', 'five', 'six'],
  ])
  expect(w.warnings).toEqual([])
})

test('capacity 3, and the flush in flight fails: nothing is evicted, and what comes after is refused', async () => {
  const w = world({ options: { maxQueueSize: 3, flushInterval: 600_000, requestTimeout: 1_000 } })
  w.endpoint.answer = () => HANG
  for (const name of ['one', 'two', 'three']) w.client.capture(name)
  const flush = watch(w.client.flush())
  await w.settle()
  for (const name of ['four', 'five', 'six']) w.client.capture(name)
  await w.clock.advance(1_000)
  expect(flush.value).toMatchObject({ delivered: 0, pending: 3 })
  w.client.capture('seven')
  expect(await w.client.stats()).toMatchObject({ accepted: 7, pending: 6, dropped: { queue_full: 1 } })
})
