/** The end of events that are in memory, in the queue or in a request when the person opts out with `clear`. */

import { expect, test } from 'vitest'
import { clientWorld, durableMemory } from '../../test/support/core/client-world'
import { HANG } from '../../test/support/core/fake-endpoint'

test('P10: nothing that is said after it has an event in it, though the host had not answered by then', async () => {
  const { client, clock, hostClient, outbox, passes, toHost, endpoint } = clientWorld()
  await clock.advance(0)
  passes.toPage = () => false
  client.capture('one')
  await clock.advance(0)
  client.capture('two')
  const said = toHost.length
  void hostClient.erase(clock.now() + 1)
  hostClient.onPageExit(true)
  await clock.advance(60_000)
  const later = toHost.slice(said).filter((message) => message.type === 'handover')
  expect(later.flatMap(({ handover }) => handover.events)).toEqual([])
  expect([...outbox.unacknowledged].flatMap(({ events }) => events)).toEqual([])
  expect(endpoint.taken.size).toBe(0)
})

test.each([
  ['a host that took the events and whose word was lost', true],
  ['a host that was killed before it heard of the events', false],
])('P5: each event is counted as opted_out once, with %s', async (_, heard) => {
  const { client, clock, hostClient, passes, kill } = clientWorld({ database: durableMemory() })
  await clock.advance(0)
  if (heard) passes.toPage = () => false
  else passes.toHost = () => false
  for (let n = 0; n < 3; n++) client.capture('event')
  await clock.advance(0)
  const erased = hostClient.erase(clock.now() + 1)
  kill()
  passes.toPage = passes.toHost = () => true
  await clock.advance(60_000)
  await erased
  expect(await client.stats()).toEqual({ accepted: 3, delivered: 0, pending: 0, dropped: { opted_out: 3 } })
})

test('P10: what the host has is dropped once there is one, if there was none when the person opted out', async () => {
  const database = durableMemory()
  const before = clientWorld({ database })
  before.endpoint.answer = () => HANG
  before.client.capture('of an earlier page')
  await before.clock.advance(0)
  before.kill()
  const { hostClient, clock, client } = clientWorld({ database, opensAfterMs: 1_000 })
  void hostClient.erase(clock.now() + 1)
  await clock.advance(2_000)
  expect(await client.stats()).toEqual({ accepted: 1, delivered: 0, pending: 0, dropped: { opted_out: 1 } })
})

test('P10: a message of another page during it starts no request', async () => {
  const { client, clock, hostClient, endpoint } = clientWorld({ options: { flushInterval: 60_000, flushAt: 1_000 } })
  await clock.advance(0)
  client.capture('one')
  await clock.advance(0)
  const erased = hostClient.erase(clock.now() + 1)
  hostClient.wake('urgent')
  await clock.advance(0)
  await erased
  expect(endpoint.sent).toHaveLength(0)
})

test('P10: an erasure that was owed ends the request that carries what it erases', async () => {
  const database = durableMemory()
  const { client, clock, hostClient, endpoint } = clientWorld({ database, options: { flushAt: 1 } })
  await clock.advance(0)
  endpoint.answer = () => HANG
  client.capture('one')
  await clock.advance(0)
  expect(endpoint.inFlight).toBe(1)
  // A page that was closed right after its optOut and optIn had time to write this down, and no more.
  const owed = {
    refused: false,
    at: clock.now() + 2,
    turns: [],
    erase: clock.now() + 1,
    eraseOwed: true,
    hooked: false,
  }
  await database.transact('readwrite', async (tx) => {
    for (const { key } of await tx.list('queues', [])) tx.put('rules', key, owed)
  })
  hostClient.wake('due')
  await clock.advance(0)
  expect(endpoint.inFlight).toBe(0)
  expect(await client.stats()).toMatchObject({ delivered: 0, pending: 0, dropped: { opted_out: 1 } })
})
