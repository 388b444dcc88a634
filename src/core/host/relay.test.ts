import { expect, test } from 'vitest'
import { eventJson, handoverOf, idsFrom, uuid } from '../../../test/support/core/fixtures'
import { INGEST, relayConfigOf, relayJson, relayQueueOf } from '../../../test/support/core/relay-fixtures'
import { virtualClock } from '../../../test/support/core/virtual-clock'
import { noLocks } from '../../../test/support/core/world'
import { memoryDatabase } from '../../adapters/memory-database'
import type { SendOutcome, WireRequest } from '../base/ports'
import type { Report } from '../base/reports'
import type { QueueConfig } from '../config/queue-config'
import { createHost, type HostPorts } from './host'
import { type HostMessage, MESSAGE_VERSION } from './messages'

const reply = (status: number, retryAfter: string | null = null): SendOutcome => ({
  kind: 'reply',
  status,
  retryAfter,
  body: '',
})

function rig(ports: Partial<HostPorts> = {}) {
  const clock = virtualClock()
  const sent: (WireRequest & { at: number })[] = []
  const reports: Report[] = []
  const answers: HostMessage[] = []
  const endpoint = { answer: (_request: WireRequest): SendOutcome | Promise<SendOutcome> => reply(200) }
  const host = createHost({
    database: memoryDatabase(),
    clock,
    random: () => 0,
    newId: idsFrom(1_000_000),
    sender: {
      async send(request) {
        sent.push({ ...request, at: clock.now() })
        return endpoint.answer(request)
      },
    },
    compress: async () => undefined,
    locks: noLocks,
    hooks: [],
    senderId: 'worker:1',
    report: (_, report) => reports.push(report),
    onBlocked: () => undefined,
    ...ports,
  })
  let seq = 0
  const start = clock.now()
  async function post(config: QueueConfig, body: object): Promise<void> {
    seq += 1
    const queue = relayQueueOf(config)
    const message = { outlast: MESSAGE_VERSION, id: seq, queue, config, ...body }
    const left = await host.receive(message, (answer) => answers.push(answer))
    if (left) void host.work({ holdMs: 1e9, budgetMs: 1e9, shareMs: 1e9 }, left.cause, [left.queue])
    await clock.advance(0)
  }
  return {
    clock,
    start,
    sent,
    reports,
    answers,
    endpoint,
    numbers: () => sent.map(({ url }) => Number(/\d+$/.exec(url)?.[0])),
    /** Hands over stored requests, all in one handover. */
    hand: (config: QueueConfig, ...records: string[]) =>
      post(config, { type: 'handover', urgent: false, handover: handoverOf(seq + 1, records) }),
    /** Works as a worker does that no page has started. */
    work: () => void host.work({ holdMs: 1e9, budgetMs: 1e9, shareMs: 1e9 }),
    wake: (config: QueueConfig) => post(config, { type: 'wake', reason: 'due' }),
    async stats(config: QueueConfig) {
      await post(config, { type: 'stats' })
      const last = answers.at(-1)
      return last?.type === 'stats' ? last.stats : undefined
    },
  }
}

const config = relayConfigOf()

test('requests of a host go in the order in which they were handed over, also while it fails', async () => {
  const { clock, hand, endpoint, numbers, stats } = rig()
  endpoint.answer = () => reply(503)
  await hand(config, relayJson(1), relayJson(2))
  await hand(config, relayJson(3))
  await clock.advance(5_000)
  expect(new Set(numbers())).toEqual(new Set([1]))
  const failed = numbers().length
  endpoint.answer = () => reply(200)
  await clock.advance(60_000)
  expect(numbers().slice(failed)).toEqual([1, 2, 3])
  expect(await stats(config)).toEqual({ accepted: 3, delivered: 3, pending: 0, dropped: {} })
})

test('P4: what an earlier page has left in the journal goes before what the next page begins with', async () => {
  const database = memoryDatabase()
  const { clock, hand, numbers, stats } = rig({ database })
  const left = { ...handoverOf(1, [relayJson(1)]), producer: 'earlier' }
  await database.transact('readwrite', async (tx) => {
    tx.put('journal', [relayQueueOf(config), left.producer, 1], left)
  })
  // The second one comes while the first is still on its way to the disk.
  await Promise.all([hand(config, relayJson(2)), hand(config, relayJson(3))])
  await clock.advance(1_000)
  expect(numbers()).toEqual([1, 2, 3])
  expect(await stats(config)).toMatchObject({ accepted: 3, delivered: 3, pending: 0 })
})

test('P6: a journal that cannot be taken up refuses that handover alone, and the page hands it over again', async () => {
  const whole = memoryDatabase()
  let isBroken = true
  const database: typeof whole = {
    ...whole,
    transact: (mode, work) => (isBroken ? Promise.reject(new Error('broken')) : whole.transact(mode, work)),
  }
  const { clock, hand, numbers, answers } = rig({ database })
  await hand(config, relayJson(1))
  expect(answers.at(-1)).toMatchObject({ type: 'refused', reason: 'storage' })
  isBroken = false
  await hand(config, relayJson(2))
  await clock.advance(1_000)
  expect(numbers()).toEqual([2])
})

test('only one request of a host is on its way at once', async () => {
  const { clock, hand, endpoint, numbers } = rig()
  let end: (outcome: SendOutcome) => void = () => undefined
  endpoint.answer = () =>
    new Promise((resolve) => {
      end = resolve
    })
  await hand(config, relayJson(1), relayJson(2))
  await clock.advance(1_000)
  expect(numbers()).toEqual([1])
  end(reply(200))
  await clock.advance(0)
  expect(numbers()).toEqual([1, 2])
})

test('P6: a host that fails holds up no other', async () => {
  const { clock, hand, endpoint, numbers } = rig()
  const other = relayConfigOf({}, {}, 'https://other.example.com')
  endpoint.answer = ({ url }) => (url.startsWith(INGEST) ? { kind: 'unreachable', detail: 'offline' } : reply(200))
  await hand(config, relayJson(1))
  await hand(other, relayJson(2, { url: 'https://other.example.com/2' }))
  await clock.advance(0)
  expect(numbers()).toEqual([1, 2])
})

test('P6: a host that gives no answer holds up no other by the lock of its sender', async () => {
  const free = new Map<string, Promise<void>>()
  const locks = {
    // Grants locks as a browser does: a request for a lock that is held waits until the lock is free.
    async acquire(name: string) {
      await free.get(name)
      let release: () => void = () => undefined
      free.set(name, new Promise((resolve) => (release = resolve)))
      return () => {
        free.delete(name)
        release()
      }
    },
    held: async () => new Set(free.keys()),
  }
  const { hand, endpoint, numbers } = rig({ locks })
  const other = relayConfigOf({}, {}, 'https://other.example.com')
  endpoint.answer = ({ url }) => (url.startsWith(INGEST) ? new Promise(() => undefined) : reply(200))
  await hand(config, relayJson(1))
  await hand(other, relayJson(2, { url: 'https://other.example.com/2' }))
  expect(numbers()).toEqual([1, 2])
})

test('Retry-After is heeded', async () => {
  const { clock, hand, endpoint, sent } = rig()
  endpoint.answer = () => reply(sent.length === 1 ? 429 : 200, '7')
  await hand(config, relayJson(1))
  await clock.advance(6_999)
  expect(sent).toHaveLength(1)
  await clock.advance(1)
  expect(sent).toHaveLength(2)
})

test('P5: each refusal is a drop with its reason and status, and the next request goes on', async () => {
  const { clock, hand, endpoint, reports, stats } = rig()
  const statuses = [404, 413, 400, 200]
  endpoint.answer = () => reply(statuses.shift() ?? 200)
  await hand(config, relayJson(1), relayJson(2), relayJson(3), relayJson(4))
  await clock.advance(1_000)
  const drops = reports.filter((report) => report.type === 'drop')
  expect(drops.map(({ reason, status }) => [reason, status])).toEqual([
    ['rejected', 404],
    ['too_large', 413],
    ['rejected', 400],
  ])
  expect(await stats(config)).toMatchObject({ accepted: 4, delivered: 1, pending: 0 })
})

test('P11: a stored request that may not be sent is dropped, and what is behind it is sent', async () => {
  const { clock, hand, numbers, stats } = rig()
  await hand(config, relayJson(1, { url: 'https://evil.example.com/1' }), relayJson(2))
  await clock.advance(0)
  expect(numbers()).toEqual([2])
  expect(await stats(config)).toEqual({ accepted: 2, delivered: 1, pending: 0, dropped: { corrupt: 1 } })
})

test('P5: a later request of the same key replaces one that has not been tried', async () => {
  const { clock, hand, endpoint, reports, numbers, stats } = rig()
  endpoint.answer = () => reply(503)
  await hand(config, relayJson(1, {}, 'cart'))
  await hand(config, relayJson(2, {}, 'cart'), relayJson(3))
  await hand(config, relayJson(4, {}, 'cart'), relayJson(5, {}, 'other'))
  endpoint.answer = () => reply(200)
  await clock.advance(60_000)
  // The first one was tried at once, and the server may have taken it.
  expect([...new Set(numbers())]).toEqual([1, 3, 4, 5])
  expect(await stats(config)).toEqual({ accepted: 5, delivered: 4, pending: 0, dropped: { replaced: 1 } })
  expect(reports).toContainEqual(expect.objectContaining({ type: 'drop', reason: 'replaced', uuids: [uuid(2)] }))
})

test('P5: of requests with one key the one that was handed over last is sent, whichever tab is heard last', async () => {
  const { clock, hand, endpoint, reports, numbers, stats, start } = rig()
  endpoint.answer = () => reply(503)
  await hand(config, relayJson(1))
  await clock.advance(5_000)
  await hand(config, relayJson(2, {}, 'cart', start + 2_000))
  await hand(config, relayJson(3, {}, 'cart', start + 1_000))
  await hand(config, relayJson(4, {}, 'cart', start + 1_500), relayJson(5))
  endpoint.answer = () => reply(200)
  await clock.advance(60_000)
  expect([...new Set(numbers())]).toEqual([1, 2, 5])
  expect(await stats(config)).toEqual({ accepted: 5, delivered: 3, pending: 0, dropped: { replaced: 2 } })
  for (const n of [3, 4])
    expect(reports).toContainEqual(expect.objectContaining({ type: 'drop', reason: 'replaced', uuids: [uuid(n)] }))
})

test('P5: a clock that was set back does not make an earlier request the later one of its key', async () => {
  const { clock, hand, endpoint, numbers, start } = rig()
  endpoint.answer = () => reply(503)
  await hand(config, relayJson(1))
  await hand(config, relayJson(2, {}, 'cart', start + 3_600_000))
  await hand(config, relayJson(3, {}, 'cart', start))
  endpoint.answer = () => reply(200)
  await clock.advance(60_000)
  expect([...new Set(numbers())]).toEqual([1, 3])
})

test('no hook of the worker sees a request, and no token for events goes with it', async () => {
  const { clock, hand, sent } = rig({
    hooks: [() => null],
    askHeaders: () => ({ Authorization: 'Bearer of the project' }),
  })
  await hand(config, relayJson(1))
  await clock.advance(0)
  expect(sent).toMatchObject([{ headers: {}, body: 'body 1' }])
})

test('headers are asked anew for each try, with the origin that they are for', async () => {
  const asked: string[] = []
  const { clock, hand, endpoint, sent } = rig({
    relayHeaders: (origin) => {
      asked.push(origin)
      return { Authorization: `Bearer ${asked.length}` }
    },
  })
  endpoint.answer = () => reply(sent.length === 1 ? 401 : 200)
  await hand({ ...config, headersAsked: true }, relayJson(1))
  await clock.advance(1_000)
  expect(asked).toEqual([INGEST, INGEST])
  expect(sent.map(({ headers }) => headers.Authorization)).toEqual(['Bearer 1', 'Bearer 2'])
})

test('P10: of a host that a queue names otherwise, the origin is told that the request goes to', async () => {
  const asked: string[] = []
  const relayHeaders = (origin: string) => {
    asked.push(origin)
    return { Authorization: 'a' }
  }
  const { clock, hand, sent } = rig({ relayHeaders })
  const ofApp = relayConfigOf({}, {}, 'https://us.i.posthog.com')
  await hand({ ...ofApp, headersAsked: true }, relayJson(1, { url: 'https://us.posthog.com/x?y=/' }))
  await clock.advance(0)
  expect(sent.map(({ url }) => url)).toEqual(['https://us.posthog.com/x?y=/'])
  expect(asked).toEqual(['https://us.posthog.com'])
})

test('P11: where the record of a relay names another host, nothing goes there', async () => {
  const database = memoryDatabase()
  const before = rig({ database })
  before.endpoint.answer = () => reply(503)
  await before.hand(config, relayJson(1), relayJson(2))
  const key = relayQueueOf(config)
  const elsewhere = 'https://evil.example.com'
  await database.transact('readwrite', async (tx) => {
    const record = (await tx.get('queues', [key])) as { config: QueueConfig }
    tx.put('queues', [key], { ...record, config: { ...record.config, host: elsewhere } })
    for (const { key: row } of await tx.list('bodies', [key])) {
      tx.put('bodies', row, { events: [relayJson(1, { url: `${elsewhere}/1` })] })
    }
    for (const { key: row, value } of await tx.list('chunks', [key])) {
      tx.put('chunks', row, { ...(value as object), events: [relayJson(2, { url: `${elsewhere}/2` })] })
    }
  })
  const { sent, clock, hand, stats, work } = rig({ database, senderId: 'worker:2' })
  work()
  await clock.advance(600_000)
  expect(sent).toEqual([])
  await hand(config)
  await hand(config, relayJson(3))
  await clock.advance(600_000)
  expect(sent.map(({ url }) => new URL(url).origin)).toEqual([INGEST])
  expect(await stats(config)).toMatchObject({ delivered: 1, pending: 0, dropped: { corrupt: 2 } })
})

test('P10: a host without the function sends nothing of a relay that asks for headers', async () => {
  const { clock, hand, sent } = rig()
  await hand({ ...config, headersAsked: true }, relayJson(1))
  await clock.advance(60_000)
  expect(sent).toEqual([])
})

test('P10: a relay that asks for no headers is sent none, though the worker has the function', async () => {
  const { clock, hand, sent } = rig({ relayHeaders: () => ({ Authorization: 'secret' }) })
  await hand(config, relayJson(1))
  await clock.advance(0)
  expect(sent.map(({ headers }) => headers)).toEqual([{}])
})

test('P11: an event in the queue of a relay is dropped, and so is a config that belies its name', async () => {
  const { answers, hand, sent, stats } = rig()
  await hand(config, eventJson(1))
  expect(await stats(config)).toMatchObject({ pending: 0, dropped: { corrupt: 1 } })
  const { relay: _, ...ofEvents } = config
  await hand(ofEvents, relayJson(2))
  expect(answers.at(-1)).toMatchObject({ type: 'refused', reason: 'malformed' })
  expect(sent).toEqual([])
})

test('P5: a page is told that the worker has no function for a relay that asks for one, and of nothing else', async () => {
  const { wake, answers } = rig()
  await wake({ ...config, headersAsked: true })
  expect(answers.at(-1)).toMatchObject({ type: 'awake', warnings: [expect.stringContaining('relayHeaders')] })
  await wake(config)
  expect(answers.at(-1)).toMatchObject({ type: 'awake', warnings: [] })
  const asking = rig({ relayHeaders: () => ({ a: 'b' }), askHeaders: () => ({ c: 'd' }) })
  await asking.wake(config)
  expect(asking.answers.at(-1)).toMatchObject({ type: 'awake', warnings: [], hooked: false })
})
