import { expect, test } from 'vitest'
import { batches, watch, world } from '../../../test/support/client/world'
import { durableMemory } from '../../../test/support/core/client-world'
import { HANG } from '../../../test/support/core/fake-endpoint'

test('Shutdown flushes queued events and disables future work', async () => {
  const w = world()
  w.client.capture('one')
  expect(await w.client.shutdown()).toEqual({ delivered: 1, kept: 0, dropped: 0 })
  expect(batches(w)).toEqual([['one']])
  w.client.capture('late')
  w.client.identify('late')
  await w.clock.advance(600_000)
  expect(w.enqueued.map(({ event }) => event)).toEqual(['one'])
  expect(w.endpoint.sent).toHaveLength(1)
  expect(w.clock.armed).toBe(0)
  expect(await w.client.pending()).toBe(0)
})

test('Shutdown is idempotent', async () => {
  const w = world()
  await w.client.shutdown()
  await expect(w.client.shutdown()).resolves.toEqual({ delivered: 0, kept: 0, dropped: 0 })
  w.client.capture('late')
  await w.client.flush()
  expect(w.enqueued).toEqual([])
  expect(w.requests).toBe(0)
})

test('Shutdown honors delivery failures without crashing', async () => {
  const w = world()
  w.endpoint.answer = () => ({ status: 503 })
  w.client.capture('one')
  await expect(w.client.shutdown()).resolves.toEqual({ delivered: 0, kept: 0, dropped: 1 })
  expect(w.warnings).toEqual([expect.stringMatching(/shutdown.*1 event/)])
  expect(await w.client.stats()).toMatchObject({ pending: 0, dropped: { shutdown: 1 } })
})

test('503 during shutdown over durable storage: the warning says that the event is kept', async () => {
  const w = world({ database: durableMemory() })
  w.endpoint.answer = () => ({ status: 503 })
  w.client.capture('one')
  await expect(w.client.shutdown()).resolves.toEqual({ delivered: 0, kept: 1, dropped: 0 })
  expect(w.warnings).toEqual([expect.stringMatching(/shutdown.*1 event.*kept/)])
})

test('on timeout shutdown resolves and does not reject, with a warning', async () => {
  const w = world()
  w.endpoint.answer = () => HANG
  w.client.capture('one')
  const shutdown = watch(w.client.shutdown(1_000))
  await w.clock.advance(1_000)
  expect(shutdown.value).toEqual({ delivered: 0, kept: 0, dropped: 1 })
  expect(w.warnings).toHaveLength(1)
})

test('what shutdown kept is delivered by the next page', async () => {
  const w = world({ database: durableMemory() })
  w.endpoint.answer = () => ({ status: 503 })
  w.client.capture('one')
  await w.client.shutdown()
  w.endpoint.answer = () => ({ status: 200 })
  const next = w.restart()
  await next.clock.advance(60_000)
  expect(batches(next).at(-1)).toEqual(['one'])
  expect(await next.client.pending()).toBe(0)
})
