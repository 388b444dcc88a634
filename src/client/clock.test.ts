import { expect, test } from 'vitest'
import { clientWorld, durableMemory } from '../../test/support/core/client-world'
import { UNREACHABLE } from '../../test/support/core/fake-endpoint'

const EIGHT_DAYS = 8 * 86_400_000

/** ms that the requests' `sent_at` is ahead of when they were made, by the event that they carry. */
const aheadBy = ({ endpoint }: ReturnType<typeof clientWorld>) =>
  Object.fromEntries(
    endpoint.sent.flatMap(({ at, body }) =>
      body.batch.map(({ event }) => [event, Date.parse(String(body.sent_at)) - at]),
    ),
  )

test('P5, P6: a page whose clock is 8 days ahead shares a queue with one that has none: nothing expires, each is corrected by its own', async () => {
  const database = durableMemory()
  const plain = clientWorld({ database, ladder: ['page'] })
  plain.endpoint.answer = () => UNREACHABLE
  plain.client.capture('held, by no clock')
  await plain.client.flush()
  plain.client.capture('new, by no clock')
  await plain.client.stats()
  await plain.hostClient.channel?.close()

  const other = clientWorld({
    database,
    ladder: ['page'],
    nth: 1,
    options: { clock: { now: () => other.clock.now() + EIGHT_DAYS } },
  })
  other.client.capture('by a clock 8 days ahead')
  await other.clock.advance(60_000)
  expect(await other.client.stats()).toEqual({ accepted: 3, delivered: 3, pending: 0, dropped: {} })
  expect(aheadBy(other)).toEqual({
    'held, by no clock': 0,
    'new, by no clock': 0,
    'by a clock 8 days ahead': EIGHT_DAYS,
  })
  const stamps = other.endpoint.sent.flatMap(({ body }) => body.batch.map(({ event, timestamp }) => [event, timestamp]))
  expect(Object.fromEntries(stamps)['by a clock 8 days ahead']).toBe('2026-01-09T00:00:00.000Z')
})

test('P4: a retry of a batch says anew when it is sent, by the clock that stamped its events', async () => {
  const world = clientWorld({ options: { clock: { now: () => world.clock.now() - EIGHT_DAYS } } })
  let failures = 2
  world.endpoint.answer = () => (failures-- > 0 ? UNREACHABLE : { status: 200 })
  world.client.capture('once')
  await world.clock.advance(600_000)
  expect(world.endpoint.sent).toHaveLength(3)
  for (const { at, body } of world.endpoint.sent) expect(Date.parse(String(body.sent_at)) - at).toBe(-EIGHT_DAYS)
})
