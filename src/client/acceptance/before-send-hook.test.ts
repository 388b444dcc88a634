import { expect, test, vi } from 'vitest'
import { batches, world } from '../../../test/support/client/world'
import type { BeforeSend } from '../types'

const adding =
  (name: string): BeforeSend =>
  (event) => ({ ...event, properties: { ...event.properties, [name]: true } })

test('Before-send can mutate an assembled event before enqueue', async () => {
  const w = world({ options: { beforeSend: adding('touched') } })
  w.client.capture('one', { own: 1 })
  expect(w.last()).toMatchObject({ own: 1, touched: true })
})

test('Before-send can drop an event', async () => {
  const w = world({ options: { beforeSend: () => null, flushAt: 1 } })
  w.client.capture('one')
  await w.client.flush()
  expect(w.enqueued).toEqual([])
  expect(w.requests).toBe(0)
  expect(await w.client.stats()).toMatchObject({ pending: 0, dropped: { before_send: 1 } })
})

test('Before-send exceptions drop events without crashing callers: a further hook is not called', async () => {
  const third = vi.fn<BeforeSend>((event) => event)
  const throwing: BeforeSend = () => {
    throw new Error('broken hook')
  }
  const w = world({ options: { beforeSend: [adding('touched'), throwing, third], flushAt: 1 } })
  expect(() => w.client.capture('one')).not.toThrow()
  await w.client.flush()
  expect(w.enqueued).toEqual([])
  expect(w.requests).toBe(0)
  expect(third).not.toHaveBeenCalled()
  expect(w.warnings).toEqual([expect.stringContaining('broken hook')])
})

test('a chain runs in order, each with what the one before returned', async () => {
  const w = world({
    options: { beforeSend: [adding('first'), (event) => (event.properties.first ? adding('second')(event) : null)] },
  })
  w.client.capture('one')
  expect(w.last()).toMatchObject({ first: true, second: true })
})

test('hooks cover every producer (docs/protocol.md §5)', async () => {
  const w = world({ options: { beforeSend: adding('touched') } })
  const { client } = w
  client.capture('one')
  client.identify('ada')
  client.alias('lovelace')
  client.group('company', 'acme', { plan: 'pro' })
  client.setPersonProperties({ born: 1815 })
  await client.getFeatureFlag('beta')
  expect(w.enqueued.map(({ event }) => event)).toEqual([
    'one',
    '$identify',
    '$create_alias',
    '$groupidentify',
    '$set',
    '$feature_flag_called',
  ])
  for (const { properties } of w.enqueued) expect(properties).toMatchObject({ touched: true })
})

test('a hook may drop some events and not others', async () => {
  const w = world({ options: { beforeSend: (event) => (event.event === 'secret' ? null : event) } })
  w.client.capture('secret')
  w.client.capture('open')
  await w.client.flush()
  expect(batches(w)).toEqual([['open']])
})
