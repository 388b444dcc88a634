import { expect, test } from 'vitest'
import { batches, world } from './world'

test('flush_at 2: two captures arrive as one batch and the queue empties', async () => {
  const w = world({ options: { flushAt: 2 } })
  w.client.capture('one')
  w.client.capture('two')
  await w.settle()
  expect(batches(w)).toEqual([['one', 'two']])
  expect(await w.client.pending()).toBe(0)
})

test('interval 10 s: one capture is sent when the clock advances 10 s', async () => {
  const w = world({ options: { flushAt: 100, flushInterval: 10_000 } })
  w.client.capture('one')
  await w.clock.advance(9_999)
  expect(w.requests).toBe(0)
  await w.clock.advance(1)
  expect(batches(w)).toEqual([['one']])
  expect(await w.client.pending()).toBe(0)
})

test('flush_at 3: three captures arrive in order', async () => {
  const w = world({ options: { flushAt: 3 } })
  for (const name of ['one', 'two', 'three']) w.client.capture(name)
  await w.settle()
  expect(batches(w)).toEqual([['one', 'two', 'three']])
})
