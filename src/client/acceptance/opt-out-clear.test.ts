/** What `optOut({ clear: true })` leaves behind: the choice, and nothing else. */

import { expect, test } from 'vitest'
import { flagsAnswer, on } from '../../../test/support/client/flags-endpoint'
import { type World, world } from '../../../test/support/client/world'
import { durableMemory } from '../../../test/support/core/client-world'
import { HANG } from '../../../test/support/core/fake-endpoint'

const queueTables = ['chunks', 'batches', 'bodies', 'schedule', 'aside'] as const

async function expectNoEvents(w: World): Promise<void> {
  for (const table of queueTables) expect([table, await w.rows(table)]).toEqual([table, []])
}

const expectOnlyTheChoice = (w: World) => {
  expect([...w.kept]).toEqual([
    ['opt_out', 'true'],
    ['opt_out_at', expect.any(String)],
  ])
  expect([...w.tab]).toEqual([])
}

test('nothing of the identity is left in the stores but the choice', async () => {
  const w = world()
  w.flags.answer = () => flagsAnswer({ beta: on() })
  w.client.identify('ada')
  w.client.register({ plan: 'pro' })
  w.client.group('company', 'acme')
  w.client.capture('one')
  await w.client.getFeatureFlag('beta')
  w.client.optOut({ clear: true })
  expectOnlyTheChoice(w)
  await w.clock.advance(60_000)
  expectOnlyTheChoice(w)
  expect(w.wiped).toBe(1)
})

test('nor is what an earlier page left there', async () => {
  const w = world()
  w.flags.answer = () => flagsAnswer({ beta: on() })
  w.client.identify('ada')
  w.client.capture('one')
  await w.client.getFeatureFlag('beta')
  await w.client.flush()
  const next = w.restart()
  next.client.optOut({ clear: true })
  expectOnlyTheChoice(next)
})

test('nor what was captured or read after it', async () => {
  const w = world()
  w.client.optOut({ clear: true })
  w.client.register({ plan: 'pro' })
  w.client.identify('ada')
  w.client.getSessionId()
  await w.client.getFeatureFlag('beta')
  w.client.capture('one')
  await w.clock.advance(60_000)
  expectOnlyTheChoice(w)
  await expectNoEvents(w)
})

test('an answer for flags that arrives afterwards is not kept, nor given to the person who opts in again', async () => {
  const w = world()
  w.flags.answer = () => ({ ...flagsAnswer({ beta: on() }), afterMs: 1_000 })
  w.client.identify('ada')
  void w.client.reloadFeatureFlags()
  await w.clock.advance(500)
  w.client.optOut({ clear: true })
  await w.clock.advance(10_000)
  expectOnlyTheChoice(w)
  w.client.optIn()
  expect([...w.kept.keys()]).not.toContain('flags')
  expect(w.flags.sent).toHaveLength(1)
})

test('the queue is empty in the database, and the drops are counted', async () => {
  const w = world({ database: durableMemory() })
  for (let n = 0; n < 5; n++) w.client.capture('event')
  await w.settle()
  expect(await w.rows('chunks')).not.toEqual([])
  w.client.optOut({ clear: true })
  await w.settle()
  await expectNoEvents(w)
  expect(await w.client.stats()).toEqual({ accepted: 5, delivered: 0, pending: 0, dropped: { opted_out: 5 } })
  await w.clock.advance(600_000)
  expect(w.requests).toBe(0)
})

test('events that are still on their way to the queue are counted once', async () => {
  const w = world({ database: durableMemory() })
  for (let n = 0; n < 3; n++) w.client.capture('event')
  w.client.optOut({ clear: true })
  await w.clock.advance(60_000)
  await expectNoEvents(w)
  expect(await w.client.stats()).toEqual({ accepted: 3, delivered: 0, pending: 0, dropped: { opted_out: 3 } })
})

// Known to fail: `erase` counts them here, and the host counts them again once it has them.
test('events whose handover was posted and not acknowledged are counted once', async () => {
  const w = world({ database: durableMemory() })
  await w.settle()
  for (let n = 0; n < 3; n++) w.client.capture('event')
  // The handover leaves in this microtask, and its transaction is not over yet.
  await Promise.resolve()
  w.client.optOut({ clear: true })
  await w.clock.advance(60_000)
  await expectNoEvents(w)
  expect(await w.client.stats()).toEqual({ accepted: 3, delivered: 0, pending: 0, dropped: { opted_out: 3 } })
})

test('batches that wait for a retry are dropped', async () => {
  const w = world({ database: durableMemory(), options: { flushAt: 1 } })
  w.endpoint.answer = () => ({ status: 503 })
  w.client.capture('one')
  await w.settle()
  expect(await w.rows('batches')).toHaveLength(1)
  w.client.optOut({ clear: true })
  await w.settle()
  await expectNoEvents(w)
  await w.clock.advance(600_000)
  expect(w.endpoint.sent).toHaveLength(1)
  expect(await w.client.stats()).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
})

test('a request in flight is ended, and its events are dropped', async () => {
  const w = world({ database: durableMemory(), options: { flushAt: 1 } })
  w.endpoint.answer = () => HANG
  w.client.capture('one')
  await w.settle()
  expect(w.endpoint.inFlight).toBe(1)
  w.client.optOut({ clear: true })
  await w.settle()
  expect(w.endpoint.inFlight).toBe(0)
  await expectNoEvents(w)
  await w.clock.advance(600_000)
  expect(w.endpoint.sent).toHaveLength(1)
  expect(await w.client.stats()).toMatchObject({ accepted: 1, pending: 0, dropped: { opted_out: 1 } })
})

test('who opts in again is somebody new, under ids that the next page keeps', () => {
  const w = world()
  w.client.capture('before')
  const { $window_id, $session_id } = w.last()
  const anonymous = w.client.getAnonymousId()
  w.client.optOut({ clear: true })
  w.client.optIn()
  w.client.capture('after')
  expect(w.enqueued.at(-1)?.distinct_id).not.toBe(anonymous)
  expect(w.last().$window_id).not.toBe($window_id)
  expect(w.last().$session_id).not.toBe($session_id)
  w.leave()
  const next = w.restart()
  next.client.capture('later')
  expect(next.client.getAnonymousId()).toBe(w.client.getAnonymousId())
  expect(next.last().$window_id).toBe(w.last().$window_id)
  expect(next.last().$session_id).toBe(w.last().$session_id)
})

test('a clear in a page that was opted out already wipes all the same', () => {
  const w = world()
  w.client.identify('ada')
  w.client.optOut()
  w.client.register({ plan: 'pro' })
  const next = w.restart()
  next.client.optOut({ clear: true })
  expectOnlyTheChoice(next)
})
