import { expect, test } from 'vitest'
import { batches, world } from '../../../test/support/client/world'

test('Flush immediately sends queued events', async () => {
  const w = world()
  w.client.capture('one')
  w.client.capture('two')
  expect(await w.client.flush()).toEqual({ delivered: 2, pending: 0, dropped: 0 })
  expect(batches(w)).toEqual([['one', 'two']])
  expect(await w.client.pending()).toBe(0)
})

test('Flush is safe when the queue is empty', async () => {
  const w = world()
  await expect(w.client.flush()).resolves.toEqual({ delivered: 0, pending: 0, dropped: 0 })
  expect(w.requests).toBe(0)
})

test('Flush keeps events retryable when delivery fails', async () => {
  const w = world()
  w.endpoint.answer = () => ({ status: 503 })
  w.client.capture('one')
  await expect(w.client.flush()).resolves.toEqual({ delivered: 0, pending: 1, dropped: 0 })
  expect(w.endpoint.sent).toHaveLength(1)
  expect(await w.client.pending()).toBe(1)
})

test('a flush that finds the send already under way waits for it, and does not repeat it', async () => {
  const w = world({ options: { flushAt: 1 } })
  w.endpoint.answer = () => ({ status: 200, afterMs: 100 })
  w.client.capture('one')
  await w.settle()
  const flush = w.client.flush()
  await w.clock.advance(100)
  expect(await flush).toEqual({ delivered: 1, pending: 0, dropped: 0 })
  expect(w.endpoint.sent).toHaveLength(1)
})
