/** What a content blocker stops: requests that fail at once, for as long as it is there. */

import { expect, test } from 'vitest'
import { OK } from '../../../test/support/core/fake-endpoint'
import { world } from '../../../test/support/core/world'

const BLOCKED = { kind: 'unreachable', instant: true } as const
const MINUTE = 60_000

/** A world whose first event a content blocker stops, after that long. */
async function blockedFor(ms: number) {
  const made = world({ settings: { flushAt: 1 } })
  made.endpoint.answer = () => BLOCKED
  await made.capture()
  await made.clock.advance(ms)
  return made
}

test('P6: after a minute of nothing but instant failures the pause grows to minutes, and the host says why', async () => {
  const { clock, endpoint, transport } = await blockedFor(20 * MINUTE)
  const { sent } = endpoint
  const pauses = sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))
  expect(pauses.at(-1)).toBe(5 * MINUTE)
  const before = sent.length
  await clock.advance(10 * MINUTE)
  expect(sent.length - before).toBe(2)
  expect((await transport.wake()).blockedBy).toContain('docs/proxy.md')
})

test('new events wait with the others, and cause no request each', async () => {
  const { clock, endpoint, capture } = await blockedFor(20 * MINUTE)
  const before = endpoint.sent.length
  for (let n = 0; n < 60; n++) {
    await capture()
    await clock.advance(5_000)
  }
  expect(endpoint.sent.length - before).toBeLessThanOrEqual(3)
})

test('the first request that gets through ends it', async () => {
  const { clock, endpoint, capture, transport, balance } = await blockedFor(20 * MINUTE)
  endpoint.answer = () => OK
  await clock.advance(5 * MINUTE)
  expect(await balance()).toMatchObject({ delivered: 1, pending: 0 })
  expect((await transport.wake()).blockedBy).toBeUndefined()
  await capture()
  await clock.advance(0)
  expect(await balance()).toMatchObject({ delivered: 2, pending: 0 })
})

test('the return of the network ends the long pause', async () => {
  const { clock, endpoint, transport, balance } = await blockedFor(20 * MINUTE)
  const before = endpoint.sent.length
  await transport.wake('online')
  await clock.advance(0)
  expect(endpoint.sent.length).toBe(before + 1)
  endpoint.answer = () => OK
  await clock.advance(30_000)
  expect(await balance()).toMatchObject({ delivered: 1 })
})

test.each([
  ['a failure that takes its time', { kind: 'unreachable' } as const],
  ['an answer', { status: 503 }],
  ['no answer in time', { kind: 'hang' } as const],
])('%s now and then is an outage, with pauses of its own', async (_, other) => {
  const { clock, endpoint, capture, transport } = world({ settings: { flushAt: 1 } })
  endpoint.answer = (_, count) => (count % 5 === 0 ? other : BLOCKED)
  await capture()
  await clock.advance(20 * MINUTE)
  const before = endpoint.sent.length
  await clock.advance(10 * MINUTE)
  // A blocked queue would have made two.
  expect(endpoint.sent.length - before).toBeGreaterThanOrEqual(14)
  expect((await transport.wake()).blockedBy).toBeUndefined()
})
