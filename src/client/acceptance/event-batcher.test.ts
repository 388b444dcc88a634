import { expect, test } from 'vitest'
import { batches, world } from '../../../test/support/client/world'

test('Batcher flushes when batch size threshold is reached', async () => {
  const w = world({ options: { flushAt: 2 } })
  w.client.capture('one')
  w.client.capture('two')
  await w.settle()
  expect(batches(w)).toEqual([['one', 'two']])
  expect(await w.client.pending()).toBe(0)
})

test('Batcher flushes when interval elapses', async () => {
  const w = world({ options: { flushAt: 100, flushInterval: 10_000 } })
  w.client.capture('one')
  await w.clock.advance(9_999)
  expect(w.requests).toBe(0)
  await w.clock.advance(1)
  expect(batches(w)).toEqual([['one']])
  expect(await w.client.pending()).toBe(0)
})

test('Batcher preserves FIFO order within a batch', async () => {
  const w = world({ options: { flushAt: 3 } })
  for (const name of ['one', 'two', 'three']) w.client.capture(name)
  await w.settle()
  expect(batches(w)).toEqual([['one', 'two', 'three']])
})
