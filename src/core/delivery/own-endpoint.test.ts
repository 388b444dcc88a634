import { expect, test } from 'vitest'
import { OK } from '../../../test/support/core/fake-endpoint'
import { handoverOf } from '../../../test/support/core/fixtures'
import { world } from '../../../test/support/core/world'
import type { BeforeSend } from '../event/before-send'

const OWN = { path: '/events', body: 'json' } as const

test('P10: whatever they were captured for, events of a queue with an endpoint of the site go there, in its form', async () => {
  const w = world({ settings: { flushAt: 1 }, own: OWN })
  for (const format of ['v0', 'ai', 'v1', 'json'] as const) await w.capture(2, { format })
  await w.capture(1, { format: 'v0', lane: 'historical' })
  await w.clock.advance(1_000)
  const { sent } = w.endpoint
  expect(new Set(sent.map(({ url }) => url))).toEqual(new Set(['https://events.example.com/events']))
  for (const { body } of sent) expect(Object.keys(body)).toEqual(['sentAt', 'batch'])
  const forms = sent.flatMap(({ body }) => body.batch.map((event) => Object.keys(event).sort().join()))
  expect(new Set(forms)).toEqual(new Set(['distinctId,event,properties,timestamp,uuid']))
  expect(await w.balance()).toMatchObject({ delivered: 9, pending: 0 })
})

test("P10: the worker's beforeSend sees events for an endpoint of the site, changes them and drops them", async () => {
  const seen: string[] = []
  const hook: BeforeSend = (event) => {
    seen.push(event.event)
    return event.event.endsWith('2') ? null : { ...event, properties: { ...event.properties, masked: true } }
  }
  const w = world({ settings: { flushAt: 2 }, own: OWN, hooks: [hook] })
  await w.capture(2, { format: 'json' })
  await w.clock.advance(1_000)
  expect(seen).toEqual(['event 1', 'event 2'])
  const batch = w.endpoint.sent.flatMap(({ body }) => body.batch)
  expect(batch).toMatchObject([{ event: 'event 1', properties: { masked: true } }])
  expect(await w.balance()).toMatchObject({ delivered: 1, pending: 0, dropped: { before_send: 1 } })
})

test('P10: events for an endpoint of the site wait where another tab names none, and a developer is told', async () => {
  const w = world({ settings: { flushAt: 1 } })
  await w.capture(2, { format: 'json' })
  await w.clock.advance(60_000)
  expect(w.endpoint.sent).toEqual([])
  expect(await w.balance()).toMatchObject({ delivered: 0, pending: 2, dropped: {} })
  expect((await w.transport.wake('due')).blockedBy).toContain("captureMode 'json' needs host and endpoint")
  await w.transport.append({ ...w.config, endpoint: OWN }, handoverOf(2, [], { producer: 'page:1' }))
  w.go('online')
  await w.clock.advance(60_000)
  expect(w.endpoint.sent.map(({ url }) => url)).toEqual(['https://events.example.com/events'])
  expect(await w.balance()).toMatchObject({ delivered: 2, pending: 0 })
})

test('P10: nothing of a queue whose endpoint cannot be used goes anywhere, until it can', async () => {
  const w = world({ settings: { flushAt: 1 }, own: { ...OWN, path: '' } })
  for (const format of ['v0', 'ai', 'v1', 'json'] as const) await w.capture(1, { format })
  await w.clock.advance(3_600_000)
  const asked = w.clock.delays.length
  await w.clock.advance(3_600_000)
  expect(w.clock.delays.length).toBe(asked)
  expect(w.endpoint.sent).toEqual([])
  expect(await w.balance()).toMatchObject({ pending: 4 })
  await w.transport.append({ ...w.config, endpoint: OWN }, handoverOf(5, [], { producer: 'page:1' }))
  w.go('due')
  await w.clock.advance(60_000)
  expect(await w.balance()).toMatchObject({ delivered: 4, pending: 0 })
})

test('P4, P7: verdicts for single events: what is to be retried is, after Retry-After, the same, and the rest is done', async () => {
  const w = world({ settings: { flushAt: 4 }, own: OWN })
  w.endpoint.answer = ({ uuids }, count) => {
    if (count > 1) return OK
    const [, retried, dropped] = uuids
    const results = [
      { uuid: retried, status: 'retry' },
      { uuid: dropped, status: 'drop', reason: 'no such product' },
    ]
    return { status: 200, retryAfter: '3', body: JSON.stringify({ results }) }
  }
  await w.capture(4, { format: 'json' })
  await w.clock.advance(0)
  expect(await w.balance()).toMatchObject({ delivered: 2, pending: 1, dropped: { rejected: 1 } })
  expect(w.reports).toContainEqual(expect.objectContaining({ type: 'drop', detail: 'no such product' }))
  await w.clock.advance(2_999)
  expect(w.endpoint.sent).toHaveLength(1)
  await w.clock.advance(1)
  const [first, second] = w.endpoint.sent
  expect(second?.body.batch).toEqual([first?.body.batch[1]])
  expect(second?.body.sentAt).not.toBe(first?.body.sentAt)
  expect(await w.balance()).toMatchObject({ delivered: 3, pending: 0 })
})

test('a batch that is too large is halved', async () => {
  const w = world({ settings: { flushAt: 4 }, own: OWN })
  w.endpoint.answer = ({ uuids }) => ({ status: uuids.length > 1 ? 413 : 200 })
  await w.capture(4, { format: 'json' })
  await w.clock.advance(10_000)
  expect(w.endpoint.sent.map(({ uuids }) => uuids.length).sort()).toEqual([1, 1, 1, 1, 2, 2, 4])
  expect(await w.balance()).toMatchObject({ delivered: 4 })
})
