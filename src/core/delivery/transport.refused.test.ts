/** What a 400 costs: the event that the server refuses, and no more requests than it takes to find that event. */

import { expect, test } from 'vitest'
import { OK, results } from '../../../test/support/core/fake-endpoint'
import { world } from '../../../test/support/core/world'

/** An endpoint of v0 that refuses any batch with one of these events. */
const refusing =
  (...bad: number[]) =>
  ({ body }: { body: { batch: { event?: unknown }[] } }) =>
    body.batch.some(({ event }) => bad.some((n) => event === `event ${n}`)) ? { status: 400, body: 'no name' } : OK

for (const format of ['v0', 'v1'] as const) {
  test(`P5: ${format}: two good neighbours of one bad event are delivered, and that one is dropped with what the server said`, async () => {
    const { clock, capture, endpoint, reports, balance } = world({ settings: { flushAt: 3 } })
    endpoint.answer = (sent) => {
      const answer = refusing(2)(sent)
      return answer === OK && format === 'v1' ? results(sent, {}) : answer
    }
    await capture(3, { format })
    await clock.advance(100)
    expect(await balance()).toMatchObject({ delivered: 2, pending: 0, dropped: { rejected: 1 } })
    expect(reports.filter(({ type }) => type === 'drop')).toMatchObject([
      { reason: 'rejected', status: 400, detail: 'status 400: no name', count: 1 },
    ])
    expect(endpoint.sent.map(({ uuids }) => uuids.length).sort()).toEqual([1, 1, 1, 2, 3])
  })

  test(`${format}: a batch of one is not sent again after a 400`, async () => {
    const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 1 } })
    endpoint.answer = () => ({ status: 400 })
    await capture(1, { format })
    await clock.advance(3_600_000)
    expect(endpoint.sent).toHaveLength(1)
    expect(await balance()).toMatchObject({ pending: 0, dropped: { rejected: 1 } })
  })
}

test('P6: one bad event of a hundred costs two requests for each time that the batch is halved', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 100 } })
  endpoint.answer = refusing(37)
  await capture(100)
  await clock.advance(1_000)
  expect(await balance()).toMatchObject({ delivered: 99, pending: 0, dropped: { rejected: 1 } })
  expect(endpoint.sent.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(100)))
})

test('several bad events in a batch cost themselves alone', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 100 } })
  endpoint.answer = refusing(1, 2, 3, 50, 51, 99)
  await capture(100)
  await clock.advance(1_000)
  expect(await balance()).toMatchObject({ delivered: 94, pending: 0, dropped: { rejected: 6 } })
})

test('P6: a server that refuses everything is not asked for each event', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 100 } })
  endpoint.answer = () => ({ status: 400 })
  await capture(100)
  await clock.advance(1_000)
  expect(await balance()).toMatchObject({ pending: 0, dropped: { rejected: 100 } })
  expect(endpoint.sent.length).toBeLessThan(50)
  const before = endpoint.sent.length
  for (let n = 0; n < 5; n++) {
    await capture(100)
    await clock.advance(1_000)
  }
  expect(endpoint.sent.length - before).toBe(5)
  expect(await balance()).toMatchObject({ pending: 0, dropped: { rejected: 600 } })
})

test('once a server that refused everything takes a batch, the next one that it refuses is halved', async () => {
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 4 } })
  endpoint.answer = () => ({ status: 400 })
  for (let n = 0; n < 4; n++) {
    await capture(4)
    await clock.advance(1_000)
  }
  endpoint.answer = refusing(22)
  await capture(4)
  await clock.advance(1_000)
  await capture(4)
  await clock.advance(1_000)
  expect(await balance()).toMatchObject({ delivered: 7, pending: 0, dropped: { rejected: 17 } })
})

test('a flush attempts the halves too, so that a shutdown in memory loses no neighbour', async () => {
  const { transport, capture, endpoint } = world()
  endpoint.answer = refusing(2)
  await capture(5)
  expect(await transport.flush()).toEqual({ delivered: 4, dropped: 1, pending: 0 })
})
