import { expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'

test('Debug can be enabled and disabled at runtime', async () => {
  const w = world()
  w.client.capture('quiet')
  expect(w.debugged).toEqual([])
  w.client.debug(true)
  await w.settle()
  w.client.capture('loud')
  expect(w.debugged.join()).toContain('loud')
  w.client.debug(false)
  await w.settle()
  const before = w.debugged.length
  w.client.capture('quiet again')
  await w.client.flush()
  expect(w.debugged).toHaveLength(before)
})

test('Debug does not emit analytics or network traffic', async () => {
  const w = world({ options: { flushAt: 1 } })
  w.client.debug()
  w.client.debug(false)
  await w.clock.advance(60_000)
  expect(w.enqueued).toEqual([])
  expect(w.requests).toBe(0)
})

test('Debug defaults to enabled when called without an argument', async () => {
  const w = world()
  w.client.debug()
  await w.settle()
  w.client.capture('loud')
  expect(w.debugged.join()).toContain('loud')
})

test('debug logs what becomes of each event, once', async () => {
  const w = world()
  w.client.debug()
  w.client.debug()
  w.client.capture('loud')
  await w.client.flush()
  const uuid = w.enqueued[0]?.uuid ?? ''
  for (const name of ['queued', 'sending', 'delivered']) {
    expect(w.debugged.filter((line) => line.includes(name) && line.includes(uuid))).toHaveLength(1)
  }
})
