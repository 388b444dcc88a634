import { expect, test } from 'vitest'
import { world } from './world'

test('Setup initializes storage transport queue and identity state', async () => {
  const w = world()
  expect(w.client.getDistinctId()).not.toBe('')
  expect(w.kept.has('person')).toBe(true)
  expect(await w.client.ready).toEqual({ host: 'memory', storage: 'memory' })
  expect(await w.client.stats()).toEqual({ accepted: 0, delivered: 0, pending: 0, dropped: {} })
})

test('Setup restores persisted local state', () => {
  const w = world()
  w.client.register({ plan: 'pro' })
  const next = w.restart()
  expect(next.client.getAnonymousId()).toBe(w.client.getAnonymousId())
  next.client.capture('one')
  expect(next.last()).toMatchObject({ plan: 'pro' })
})

test('init alone makes no event and no request', async () => {
  const w = world()
  await w.clock.advance(600_000)
  expect(w.enqueued).toEqual([])
  expect(w.requests).toBe(0)
})
