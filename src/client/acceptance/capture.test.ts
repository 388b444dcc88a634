import { expect, test } from 'vitest'
import { world } from '../../../test/support/client/world'
import { SDK_NAME } from '../../core/base/version'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test('Client capture enriches an event with ambient context', async () => {
  const w = world()
  w.client.register({ plan: 'pro' })
  await w.clock.advance(1_234)
  w.client.capture('one', { own: 1 })
  const [event] = w.enqueued
  expect(event).toMatchObject({
    event: 'one',
    distinct_id: w.client.getDistinctId(),
    timestamp: '2025-01-01T00:00:01.234Z',
    properties: { own: 1, plan: 'pro', $session_id: w.client.getSessionId(), $lib: SDK_NAME },
  })
  expect(event?.uuid).toMatch(UUID)
})

test('own properties win over super properties', () => {
  const w = world()
  w.client.register({ plan: 'pro' })
  w.client.capture('one', { plan: 'free', $session_id: 'mine' })
  expect(w.last()).toMatchObject({ plan: 'free', $session_id: 'mine' })
})

test('Capture honors opt-out state', async () => {
  const w = world({ options: { flushAt: 1 } })
  w.client.optOut()
  w.client.capture('one')
  await w.client.flush()
  expect(w.enqueued).toEqual([])
  expect(w.requests).toBe(0)
})

test('Capture can be modified or dropped by before-send: modified', () => {
  const w = world({
    options: { beforeSend: (event) => ({ ...event, properties: { ...event.properties, added: true } }) },
  })
  w.client.capture('one')
  expect(w.last()).toMatchObject({ added: true })
})

test('Capture can be modified or dropped by before-send: dropped', async () => {
  const w = world({ options: { beforeSend: () => null } })
  w.client.capture('one')
  expect(w.enqueued).toEqual([])
  expect(await w.client.pending()).toBe(0)
})

test('Capture drops an immediately delivered event when before-send throws', async () => {
  const w = world({
    options: {
      flushAt: 1,
      beforeSend: () => {
        throw new Error('broken hook')
      },
    },
  })
  expect(() => w.client.capture('one')).not.toThrow()
  await w.clock.advance(60_000)
  expect(w.requests).toBe(0)
  expect(w.warnings).toEqual([expect.stringContaining('broken hook')])
})

test('an explicit distinct id is for that event alone, and the event has $lib and a uuid', async () => {
  const w = world()
  w.client.capture('one', {}, { distinctId: 'somebody' })
  w.client.capture('two')
  await w.client.flush()
  expect(w.enqueued[0]).toMatchObject({ distinct_id: 'somebody', properties: { $lib: SDK_NAME } })
  expect(w.enqueued[0]?.uuid).toMatch(UUID)
  expect(w.enqueued[1]?.distinct_id).toBe(w.client.getAnonymousId())
})
