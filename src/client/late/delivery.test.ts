import { expect, test } from 'vitest'
import type { ClientWorld } from '../../../test/support/core/client-world'
import { clientWorld, durableMemory } from '../../../test/support/core/client-world'
import { HANG, OK } from '../../../test/support/core/fake-endpoint'
import { StorageError } from '../../core/base/ports'

async function balance({ client }: ClientWorld) {
  const stats = await client.stats()
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
  expect(stats.accepted).toBe(stats.delivered + dropped + stats.pending)
  return stats
}

/** Captures one event while the host's disk is full. There is room again once this resolves. */
async function captureOnFullDisk({ client, clock, database }: ClientWorld) {
  await clock.advance(0)
  const { transact } = database
  database.transact = () => Promise.reject(new StorageError('full', 'quota'))
  client.capture('one')
  await clock.advance(0)
  database.transact = transact
}

test('captures of one task go in one message', async () => {
  const { client, clock, toHost } = clientWorld()
  await clock.advance(0)
  for (let n = 0; n < 20; n++) client.capture('event')
  await clock.advance(0)
  client.capture('later')
  await clock.advance(0)
  const handovers = toHost.filter((message) => message.type === 'handover')
  expect(handovers.map(({ handover }) => handover.events.length)).toEqual([20, 1])
})

test('P6: a host that is behind gets what is captured meanwhile in one handover, not in thousands', async () => {
  const world = clientWorld()
  const { client, clock, passes, endpoint, toHost } = world
  await clock.advance(0)
  let behind = true
  passes.toPage = ({ type }) => type !== 'committed' || !behind
  for (let n = 0; n < 500; n++) {
    client.capture(`event ${n}`)
    await clock.advance(0)
  }
  const posted = () => toHost.filter((message) => message.type === 'handover')
  expect(posted().length).toBeLessThan(20)
  behind = false
  await clock.advance(60_000)
  expect(Math.max(...posted().map(({ handover }) => handover.events.length))).toBeGreaterThan(450)
  expect([...endpoint.taken.values()]).toEqual(Array(500).fill(1))
  expect(await balance(world)).toMatchObject({ accepted: 500, delivered: 500 })
})

test('P2: a page that is left hands over at once what waited for a host that is behind', async () => {
  const { client, hostClient, clock, passes, toHost } = clientWorld()
  await clock.advance(0)
  passes.toPage = ({ type }) => type !== 'committed'
  for (let n = 0; n < 100; n++) {
    client.capture(`event ${n}`)
    await clock.advance(0)
  }
  hostClient.onPageExit(true)
  client.capture('last words')
  await clock.advance(0)
  const uuids = new Set(toHost.flatMap((message) => (message.type === 'handover' ? message.handover.events : [])))
  expect(uuids.size).toBe(101)
})

test('captures before there is a host are posted once when there is', async () => {
  const { client, clock, toHost } = clientWorld()
  client.capture('early')
  await clock.advance(0)
  expect(toHost.filter((message) => message.type === 'handover')).toHaveLength(1)
})

test('P1: what is asked before there is a host is answered when there is', async () => {
  const { client, clock } = clientWorld({ opensAfterMs: 100 })
  const asked = Promise.all([client.flush(), client.pending()])
  await clock.advance(100)
  expect(await asked).toEqual([{ delivered: 0, pending: 0, dropped: 0 }, 0])
})

test('P1: a page that captures without pause is answered what it asks', async () => {
  const { client, clock, database } = clientWorld({ options: { maxQueueSize: 100_000 } })
  await clock.advance(0)
  const { transact } = database
  database.transact = async (mode, work) => {
    const result = await transact.call(database, mode, work)
    await clock.timer(20).done
    return result as never
  }
  let captured = 0
  const capture = async (ms: number) => {
    for (let at = 0; at < ms; at += 5) {
      client.capture('event')
      captured += 1
      await clock.advance(5)
    }
  }
  await capture(1_000)
  const before = captured
  const answers: number[] = []
  void client.stats().then(({ accepted }) => answers.push(accepted))
  void client.pending().then(() => answers.push(captured))
  void client.flush().then(() => answers.push(captured))
  await capture(2_000)
  expect(answers).toHaveLength(3)
  expect(Math.min(...answers)).toBeGreaterThanOrEqual(before)
})

test('P4: a handover whose acknowledgement is lost is repeated and taken once', async () => {
  const world = clientWorld()
  const { client, clock, passes, endpoint, toHost } = world
  let lost = 0
  passes.toPage = ({ type }) => type !== 'committed' || ++lost > 2
  client.capture('one')
  await clock.advance(60_000)
  expect(toHost.filter((message) => message.type === 'handover').length).toBeGreaterThan(1)
  expect([...endpoint.taken.values()]).toEqual([1])
  expect(await balance(world)).toMatchObject({ accepted: 1, delivered: 1 })
})

test('P2: messages that are lost on the way are repeated', async () => {
  const world = clientWorld()
  const { client, clock, passes, endpoint } = world
  let posts = 0
  passes.toHost = () => ++posts % 3 === 0
  for (let n = 0; n < 10; n++) {
    client.capture(`event ${n}`)
    await clock.advance(100)
  }
  await clock.advance(120_000)
  passes.toHost = () => true
  const names = endpoint.sent.flatMap(({ body }) => body.batch.map(({ event }) => event))
  expect(names.sort()).toEqual(Array.from({ length: 10 }, (_, n) => `event ${n}`))
  expect(await balance(world)).toMatchObject({ accepted: 10, delivered: 10, pending: 0 })
})

test('P2: a host killed between the commit and the acknowledgement neither loses nor doubles', async () => {
  const world = clientWorld({ database: durableMemory() })
  const { client, clock, passes, endpoint, kill } = world
  passes.toPage = ({ type }) => {
    if (type === 'committed') kill()
    return type !== 'committed'
  }
  client.capture('one')
  client.capture('two')
  await clock.advance(0)
  passes.toPage = () => true
  await clock.advance(60_000)
  expect([...endpoint.taken.values()]).toEqual([1, 1])
  expect(await balance(world)).toMatchObject({ accepted: 2, delivered: 2, pending: 0 })
})

test('P2: a host killed with a request in flight is followed by one that sends the batch again', async () => {
  const world = clientWorld({ database: durableMemory(), options: { flushAt: 1 } })
  const { client, clock, endpoint, kill } = world
  endpoint.answer = () => HANG
  client.capture('one')
  await clock.advance(0)
  kill()
  endpoint.answer = () => OK
  client.capture('two')
  await clock.advance(60_000)
  expect(endpoint.taken.size).toBe(2)
  expect(await balance(world)).toMatchObject({ accepted: 2, delivered: 2, pending: 0 })
})

test('a flush whose host is killed is asked anew, and settles', async () => {
  const { client, clock, endpoint, kill } = clientWorld({ database: durableMemory() })
  endpoint.answer = () => HANG
  client.capture('one')
  await clock.advance(0)
  let flushed: unknown
  void client.flush().then((result) => (flushed = result))
  await clock.advance(100)
  kill()
  endpoint.answer = () => OK
  await clock.advance(60_000)
  expect(flushed).toMatchObject({ pending: 0 })
})

test('a flush asked of a host that died before it said a word settles', async () => {
  const { client, clock, kill, passes } = clientWorld({ database: durableMemory() })
  let died = false
  passes.toPage = () => died
  passes.toHost = ({ type }) => died || type !== 'flush'
  let flushed: unknown
  void client.flush().then((result) => (flushed = result))
  await clock.advance(1_000)
  kill()
  died = true
  await clock.advance(60_000)
  expect(flushed).toMatchObject({ pending: 0 })
})

test('a host that is merely slow is not asked for more and more', async () => {
  const world = clientWorld({ database: durableMemory(), ladder: ['memory'] })
  const { client, clock, database, toHost } = world
  const { transact } = database
  let turn: Promise<unknown> = Promise.resolve()
  database.transact = (mode, work) => {
    const result = turn.then(() => clock.timer(3_000).done).then(() => transact.call(database, mode, work))
    turn = result.catch(() => undefined)
    return result as never
  }
  client.capture('one')
  await clock.advance(600_000)
  expect(toHost.length).toBeLessThan(60)
  expect(world.endpoint.taken.size).toBe(1)
})

test('a host that falls silent is left for the next one, which takes everything over', async () => {
  const world = clientWorld({ ladder: ['worker', 'memory'], database: durableMemory() })
  const { client, clock, passes, degraded, endpoint } = world
  await clock.advance(0)
  let silent = true
  passes.toPage = () => !silent
  client.capture('one')
  await clock.advance(13_999)
  expect(degraded).toHaveLength(0)
  silent = false
  passes.toHost = () => degraded.length > 0
  await clock.advance(60_000)
  expect(degraded).toEqual([expect.objectContaining({ from: 'worker', to: 'memory' })])
  expect([...endpoint.taken.values()]).toEqual([1])
})

test('P6: a host that never says a word is left after 3 s, and until then it is no host that answers', async () => {
  const { client, hostClient, clock, passes, degraded, endpoint } = clientWorld({
    ladder: ['worker', 'page'],
    database: durableMemory(),
  })
  passes.toHost = () => degraded.length > 0
  client.capture('one')
  await clock.advance(2_999)
  expect(hostClient.answered()).toBe(false)
  expect(degraded).toHaveLength(0)
  await clock.advance(1)
  expect(degraded).toEqual([{ from: 'worker', to: 'page', reason: 'no answer' }])
  expect(await client.ready).toEqual({ host: 'page', storage: 'indexeddb' })
  await clock.advance(10_000)
  expect(endpoint.taken.size).toBe(1)
})

test('P6: a host whose disk gives no answer for 5 s at a time is left within 10 s, with that reason', async () => {
  const database = durableMemory()
  const world = clientWorld({ ladder: ['worker', 'memory'], database })
  const { client, clock, degraded, endpoint } = world
  await clock.advance(0)
  const { transact } = database
  // The store fails as it does in the adapter.
  database.transact = async (mode, work) => {
    if (degraded.length > 0) return transact(mode, work)
    await clock.timer(5_000).done
    throw new StorageError('silent', 'the database gives no answer')
  }
  client.capture('one')
  await clock.advance(10_000)
  expect(degraded).toEqual([
    { from: 'worker', to: 'memory', reason: expect.stringContaining('the database gives no answer') },
  ])
  await clock.advance(10_000)
  expect([...endpoint.taken.values()]).toEqual([1])
})

test('P7: storage that is full is a drop with a reason, and the next event is tried again', async () => {
  const world = clientWorld({ database: durableMemory() })
  const { client, drops, warnings } = world
  await captureOnFullDisk(world)
  expect(drops).toEqual([expect.objectContaining({ reason: 'storage_full', count: 1 })])
  expect(warnings.join()).toContain('full')
  client.capture('two')
  await client.flush()
  expect(await balance(world)).toMatchObject({ accepted: 2, delivered: 1, dropped: { storage_full: 1 } })
})

test('P5, P7: what finds no room at first is no drop while another posting of it has no answer', async () => {
  const database = durableMemory()
  const world = clientWorld({ database })
  const { client, clock, drops, toHost } = world
  await clock.advance(0)
  const { transact } = database
  database.transact = async () => {
    database.transact = transact
    // The store takes longer than an answer may take: the page posts the handover again.
    await clock.timer(2_500).done
    throw new StorageError('full', 'quota')
  }
  client.capture('one')
  await clock.advance(10_000)
  expect(toHost.filter(({ type }) => type === 'handover').length).toBeGreaterThan(1)
  expect(drops).toEqual([])
  expect(await balance(world)).toMatchObject({ accepted: 1, delivered: 1, dropped: {} })
})

test('P5, P7: what the journal holds is no drop where a host finds no room for it', async () => {
  const world = clientWorld({ database: durableMemory(), isKept: () => true })
  const { clock, drops } = world
  await captureOnFullDisk(world)
  await clock.advance(10_000)
  expect(drops).toEqual([])
  expect(await balance(world)).toMatchObject({ accepted: 1, delivered: 1, dropped: {} })
})

test('P5: what a host could not store is counted, whenever there is room to write that down', async () => {
  const database = durableMemory()
  const world = clientWorld({ database })
  const { client, clock } = world
  await clock.advance(0)
  const { transact } = database
  database.transact = () => Promise.reject(new StorageError('full', 'quota'))
  client.capture('one')
  await clock.advance(0)
  // This handover holds the count of the first one alone, and is refused too.
  void client.stats()
  await clock.advance(0)
  database.transact = transact
  expect(await client.stats()).toEqual({ accepted: 1, delivered: 0, pending: 0, dropped: { storage_full: 1 } })
})

test('P5, P7: a host whose storage stays full is left for the next one, which is told', async () => {
  const database = durableMemory()
  const world = clientWorld({ database, ladder: ['worker', 'memory'] })
  const { client, clock, drops, degraded, warnings } = world
  await clock.advance(0)
  const { transact } = database
  // The next host is over another storage.
  database.transact = (mode, work) =>
    degraded.length > 0 ? transact(mode, work) : Promise.reject(new StorageError('full', 'quota'))
  for (const name of ['one', 'two', 'three']) {
    client.capture(name)
    await clock.advance(0)
  }
  expect(degraded).toEqual([expect.objectContaining({ from: 'worker', to: 'memory' })])
  expect(drops.map(({ reason }) => reason)).toEqual(['storage_full', 'storage_full'])
  expect(warnings.filter((warning) => warning.includes('storage is full'))).toHaveLength(1)
  await clock.advance(60_000)
  expect(await balance(world)).toMatchObject({ accepted: 3, delivered: 1, dropped: { storage_full: 2 } })
})

test('P5: a queue deleted under a page is made anew, and the page is told once', async () => {
  const databases = [durableMemory(), durableMemory()]
  const database = durableMemory()
  database.transact = (mode, work) => (databases[0] as typeof database).transact(mode, work)
  const world = clientWorld({ database })
  const { client, clock, degraded } = world
  client.capture('one')
  await clock.advance(1)
  databases.shift()
  client.capture('two')
  await clock.advance(1)
  client.capture('three')
  await clock.advance(60_000)
  expect(degraded).toEqual([
    expect.objectContaining({ from: 'memory', to: 'memory', reason: expect.stringContaining('was deleted') }),
  ])
  expect(await balance(world)).toMatchObject({ accepted: 2, delivered: 2, pending: 0 })
})

test('P5: a page does not count on a host that has refused what it was given', async () => {
  const database = durableMemory()
  const { client, clock, hostClient } = clientWorld({ database })
  await clock.advance(0)
  expect(hostClient.answered()).toBe(true)
  database.transact = () => Promise.reject(new Error('lost'))
  client.capture('one')
  await clock.advance(0)
  expect(hostClient.answered()).toBe(false)
})

test('storage that fails for a while is waited for', async () => {
  const database = durableMemory()
  const world = clientWorld({ database })
  const { client, clock } = world
  await clock.advance(0)
  const { transact } = database
  database.transact = () => Promise.reject(new Error('lost'))
  client.capture('one')
  await clock.advance(3_000)
  database.transact = transact
  await clock.advance(60_000)
  expect(await balance(world)).toMatchObject({ accepted: 1, delivered: 1, pending: 0 })
})

test('P7: a page whose host takes nothing keeps no more than maxQueueSize events, and warns once', async () => {
  const { client, passes, drops, warnings } = clientWorld({ options: { maxQueueSize: 3 } })
  passes.toHost = () => false
  for (let n = 0; n < 10; n++) client.capture('event')
  expect(drops).toHaveLength(7)
  expect(drops[0]).toMatchObject({ reason: 'queue_full' })
  expect(warnings.filter((warning) => warning.includes('maxQueueSize 3'))).toHaveLength(1)
})

test('the warning of a full queue comes once per episode', async () => {
  const world = clientWorld({ options: { maxQueueSize: 2, flushAt: 100, flushInterval: 60_000 } })
  const { client, clock, warnings } = world
  const fill = async () => {
    for (let n = 0; n < 4; n++) {
      client.capture('event')
      await clock.advance(1)
    }
  }
  await fill()
  await fill()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('maxQueueSize 2')
  await client.flush()
  await fill()
  expect(warnings).toHaveLength(2)
  expect(await balance(world)).toMatchObject({ accepted: 12, delivered: 2, pending: 2, dropped: { queue_full: 8 } })
})

test('captureBatch keeps the head and drops the tail when the queue fills on the way', async () => {
  const world = clientWorld({ options: { maxQueueSize: 3 } })
  const { client, endpoint } = world
  client.captureBatch(Array.from({ length: 5 }, (_, n) => ({ event: `event ${n}` })))
  await client.flush()
  const names = endpoint.sent.flatMap(({ body }) => body.batch.map(({ event }) => event))
  expect(names).toEqual(['event 0', 'event 1', 'event 2'])
  expect(await balance(world)).toMatchObject({ accepted: 5, delivered: 3, dropped: { queue_full: 2 } })
})

test('captureBatch of more than one handover can hold arrives whole', async () => {
  const world = clientWorld()
  world.client.captureBatch(Array.from({ length: 1_234 }, () => ({ event: 'event' })))
  expect(await world.client.flush()).toEqual({ delivered: 1_234, pending: 0, dropped: 0 })
})

test('flush counts what the host refused', async () => {
  const world = clientWorld({ options: { maxQueueSize: 2, flushInterval: 60_000 } })
  const { client, clock } = world
  client.capture('one')
  client.capture('two')
  await clock.advance(0)
  client.capture('three')
  expect(await client.flush()).toEqual({ delivered: 2, pending: 0, dropped: 1 })
})

test('P1: a flush whose answer came while its page was in the back/forward cache settles when the page is back', async () => {
  const { client, clock, endpoint, hostClient, passes } = clientWorld({ options: { flushInterval: 60_000 } })
  endpoint.answer = () => ({ status: 200, afterMs: 1_000 })
  await clock.advance(0)
  client.capture('event')
  let flushed: unknown
  void client.flush().then((result) => (flushed = result))
  await clock.advance(10)
  hostClient.onPageExit(true)
  passes.toPage = () => false
  await clock.advance(5_000)
  passes.toPage = () => true
  hostClient.onPageBack()
  await clock.advance(5_000)
  expect(flushed).toMatchObject({ pending: 0 })
})

test('P1: a flush whose answer is lost is asked for again', async () => {
  const { client, clock, passes } = clientWorld()
  await clock.advance(0)
  let lost = 0
  passes.toPage = ({ type }) => type !== 'flushed' || lost++ > 0
  let flushed: unknown
  void client.flush().then((result) => (flushed = result))
  await clock.advance(60_000)
  expect(flushed).toMatchObject({ pending: 0 })
})

test('P5: what is kept elsewhere stays there while it is in memory alone', async () => {
  const { client, clock, endpoint, letGo } = clientWorld()
  endpoint.answer = () => ({ status: 503 })
  client.capture('one')
  await clock.advance(10_000)
  expect(await client.pending()).toBe(1)
  expect(letGo).toEqual([])
  endpoint.answer = () => OK
  await clock.advance(60_000)
  expect(letGo).toHaveLength(1)
})

test('what is kept elsewhere is let go of as soon as it is on disk', async () => {
  const { client, clock, endpoint, letGo } = clientWorld({ database: durableMemory(), ladder: ['page'] })
  endpoint.answer = () => ({ status: 503 })
  client.capture('one')
  await clock.advance(1_000)
  expect(letGo).toHaveLength(1)
})

test('P5: what was told to be dropped by a shutdown is not delivered by the next page after all', async () => {
  const { client, clock, endpoint, letGo, drops } = clientWorld()
  endpoint.answer = () => ({ status: 503 })
  client.capture('one')
  await clock.advance(10_000)
  const ended = client.shutdown(0)
  await clock.advance(1_000)
  expect(await ended).toEqual({ delivered: 0, kept: 0, dropped: 1 })
  expect(drops).toMatchObject([{ count: 1, reason: 'shutdown' }])
  expect(letGo).toHaveLength(1)
})

test("P11: on('host') tells which host has answered, and the next one; ready names none before it has", async () => {
  const world = clientWorld({ ladder: ['worker', 'page'], database: durableMemory() })
  const { client, clock, passes, hostClient } = world
  const hosts: unknown[] = []
  let ready: unknown
  client.on('host', (host) => hosts.push(host))
  void client.ready.then((known) => {
    ready = known
  })
  passes.toPage = () => false
  await clock.advance(1_000)
  expect([ready, hosts]).toEqual([undefined, []])
  passes.toPage = () => true
  client.capture('one')
  await clock.advance(1_000)
  expect(ready).toEqual({ host: 'worker', storage: 'indexeddb' })
  passes.toPage = () => hostClient.channel?.host !== 'worker'
  client.capture('two')
  await clock.advance(60_000)
  expect(hosts).toEqual([
    { host: 'worker', storage: 'indexeddb' },
    { host: 'page', storage: 'indexeddb' },
  ])
  await client.shutdown()
  expect(hosts).toHaveLength(2)
})

test('P4: flush waits some seconds, and not fourteen, for a worker that never spoke', async () => {
  const world = clientWorld({ ladder: ['worker', 'page'], database: durableMemory() })
  const { client, clock, passes, hostClient } = world
  passes.toPage = () => hostClient.channel?.host !== 'worker'
  client.capture('one')
  let flushed: unknown
  void client.flush().then((result) => {
    flushed = result
  })
  await clock.advance(5_000)
  expect(flushed).toEqual({ delivered: 1, pending: 0, dropped: 0 })
})
