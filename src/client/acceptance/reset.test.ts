import { expect, test } from 'vitest'
import { flagsAnswer, on } from '../../../test/support/client/flags-endpoint'
import { world } from '../../../test/support/client/world'

test('Reset clears identified state and creates a fresh anonymous identity', () => {
  const w = world()
  const anonymous = w.client.getAnonymousId()
  w.client.identify('ada')
  w.client.group('company', 'acme')
  w.client.reset()
  expect(w.client.getAnonymousId()).not.toBe(anonymous)
  expect(w.client.getDistinctId()).toBe(w.client.getAnonymousId())
  w.client.capture('one')
  expect(w.last()).not.toHaveProperty('$groups')
})

test('Reset clears super properties and group context', () => {
  const w = world()
  w.client.register({ plan: 'pro' })
  w.client.group('company', 'acme')
  w.client.reset()
  const next = w.restart()
  next.client.capture('one')
  expect(next.last()).not.toHaveProperty('plan')
  expect(next.last()).not.toHaveProperty('$groups')
  expect(next.client.getAnonymousId()).toBe(w.client.getAnonymousId())
})

test('Reset starts a new session for subsequent events', () => {
  const w = world()
  const session = w.client.getSessionId()
  w.client.reset()
  expect(w.client.getSessionId()).not.toBe(session)
})

test('queued events are kept with their old identity', async () => {
  const w = world()
  w.client.identify('ada')
  w.client.capture('one')
  w.client.reset()
  await w.client.flush()
  expect(w.enqueued.map(({ distinct_id }) => distinct_id)).toEqual(['ada', 'ada'])
  expect(w.endpoint.sent[0]?.uuids).toEqual(w.enqueued.map(({ uuid }) => uuid))
})

test('after reset the next identify merges the new anonymous person alone', () => {
  const w = world()
  w.client.identify('ada')
  w.client.reset()
  const anonymous = w.client.getAnonymousId()
  w.client.identify('grace')
  expect(w.last()).toMatchObject({ $anon_distinct_id: anonymous })
})

test('the flags of the old person are forgotten', async () => {
  const w = world()
  w.flags.answer = () => flagsAnswer({ beta: on() })
  await w.client.getFeatureFlag('beta')
  w.client.reset()
  w.flags.answer = () => flagsAnswer({})
  expect(await w.client.getFeatureFlag('beta')).toBeUndefined()
})

test('the flags of the old person are forgotten although this page asked for none', async () => {
  const w = world()
  w.flags.answer = () => flagsAnswer({ beta: on() })
  await w.client.getFeatureFlag('beta')
  const next = w.restart()
  next.client.reset()
  next.flags.answer = () => flagsAnswer({})
  expect(await next.client.getFeatureFlag('beta')).toBeUndefined()
})

test('flags that were asked for before do not come back for the new person', async () => {
  const w = world()
  w.flags.answer = ({ body }) => ({
    ...flagsAnswer(body.distinct_id === 'ada' ? { beta: on() } : {}),
    ...{ afterMs: 1_000 },
  })
  w.client.identify('ada')
  const reload = w.client.reloadFeatureFlags()
  await w.clock.advance(500)
  w.client.reset()
  await w.clock.advance(5_000)
  await reload
  const read = w.client.getFeatureFlag('beta')
  await w.clock.advance(5_000)
  expect(await read).toBeUndefined()
})
