import { expect, test } from 'vitest'
import { fakeEndpoint, HANG } from '../../../test/support/core/fake-endpoint'
import { configOf, eventsFrom, handoverOf, idsFrom } from '../../../test/support/core/fixtures'
import { virtualClock } from '../../../test/support/core/virtual-clock'
import { noLocks } from '../../../test/support/core/world'
import { memoryDatabase } from '../../adapters/memory-database'
import { queueKey } from '../config/queue-config'
import type { WorkLimits } from '../delivery/drive'
import { createHost } from './host'
import { MESSAGE_VERSION } from './messages'

const SHARED: WorkLimits = { holdMs: 25_000, budgetMs: 240_000, shareMs: 30_000 }
const OWN: WorkLimits = { holdMs: 25_000, budgetMs: 150_000 }

function hostOf(database = memoryDatabase()) {
  const clock = virtualClock()
  const endpoint = fakeEndpoint(clock)
  const config = configOf({ flushInterval: 5_000, requestTimeout: 1_000_000 })
  const queue = queueKey(config)
  const host = createHost({
    database,
    clock,
    random: () => 0,
    newId: idsFrom(1_000_000),
    sender: endpoint,
    compress: async () => undefined,
    locks: noLocks,
    hooks: [],
    senderId: 'worker:1',
    report: () => undefined,
    onBlocked: () => undefined,
  })
  let seq = 0
  return {
    clock,
    endpoint,
    queue,
    host,
    handOver(urgent = false) {
      seq += 1
      const handover = handoverOf(seq, eventsFrom(seq, 1, 'v0'), { producer: 'page:1', lane: 'live', format: 'v0' })
      const message = { outlast: MESSAGE_VERSION, id: seq, queue, type: 'handover', config, handover, urgent }
      return host.receive(message, () => undefined)
    },
    erase() {
      seq += 1
      return host.receive({ outlast: MESSAGE_VERSION, id: seq, queue, type: 'erase' }, () => undefined)
    },
    work(limits: WorkLimits, reason: 'due' | 'urgent' | 'online' = 'due') {
      const waiting = { statuses: undefined as undefined | unknown[] }
      void host.work(limits, reason, [queue]).then((done) => {
        waiting.statuses = done
      })
      return waiting
    },
  }
}

test('P7: of the messages that come together, one waits for the work of all', async () => {
  const { clock, endpoint, handOver, work } = hostOf()
  await handOver()
  const first = work(SHARED)
  const later = []
  for (let count = 0; count < 50; count++) {
    await handOver()
    later.push(work(SHARED))
  }
  await clock.advance(0)
  expect(later.every(({ statuses }) => statuses?.length === 0)).toBe(true)
  expect(first.statuses).toBeUndefined()
  await clock.advance(6_000)
  expect(endpoint.taken.size).toBe(51)
  expect(first.statuses).toMatchObject([{ status: { pending: 0 } }])
})

test('P5: a message that need not wait is acted on all the same', async () => {
  const { clock, endpoint, handOver, work } = hostOf()
  await handOver()
  work(SHARED)
  await clock.advance(1_000)
  await handOver(true)
  work(SHARED, 'urgent')
  await clock.advance(0)
  expect(endpoint.taken.size).toBe(2)
})

test('P2: what comes when the work has just ended is waited for anew', async () => {
  const { clock, endpoint, handOver, work } = hostOf()
  await handOver()
  const first = work(SHARED)
  await clock.advance(6_000)
  expect(first.statuses).toHaveLength(1)
  await handOver()
  const second = work(SHARED)
  await clock.advance(1_000)
  expect(second.statuses).toBeUndefined()
  await clock.advance(6_000)
  expect(second.statuses).toMatchObject([{ status: { pending: 0 } }])
  expect(endpoint.taken.size).toBe(2)
})

test('P2: a message that comes when the first has waited for long waits itself, with a budget of its own', async () => {
  const { clock, endpoint, handOver, work } = hostOf()
  endpoint.answer = () => HANG
  await handOver(true)
  const first = work(SHARED, 'urgent')
  await clock.advance(200_000)
  await handOver()
  const second = work(SHARED)
  await clock.advance(50_000)
  expect(first.statuses).toHaveLength(1)
  expect(second.statuses).toBeUndefined()
  await clock.advance(200_000)
  expect(second.statuses).toHaveLength(1)
})

test('P3: a sync has its own budget and its own result, and no message relies on it', async () => {
  const { clock, endpoint, handOver, work } = hostOf()
  endpoint.answer = () => HANG
  await handOver(true)
  const before = work(SHARED, 'urgent')
  await clock.advance(100_000)
  const sync = work(OWN, 'online')
  await clock.advance(10_000)
  const after = work(SHARED)
  await clock.advance(0)
  expect(after.statuses).toBeUndefined()
  await clock.advance(140_000)
  expect(before.statuses).toHaveLength(1)
  expect(sync.statuses).toMatchObject([{ status: { pending: 1 } }])
  expect(after.statuses).toBeUndefined()
})

test('P10: an erasure drops even what was claimed, and not yet sent, when it came', async () => {
  const database = memoryDatabase()
  let learn: () => void = () => undefined
  let isLate = false
  const late = {
    ...database,
    async transact<T>(...given: Parameters<typeof database.transact<T>>) {
      const isClaim = isLate && given[0] === 'drain'
      const result = await database.transact(...given)
      if (isClaim) {
        isLate = false
        await new Promise<void>((resolve) => (learn = resolve))
      }
      return result
    },
  }
  const { clock, endpoint, handOver, work, erase } = hostOf(late)
  await handOver(true)
  isLate = true
  work(SHARED, 'urgent')
  await clock.advance(0)
  expect(isLate).toBe(false)
  const erased = erase()
  await clock.advance(100)
  learn()
  await erased
  await clock.advance(60_000)
  expect(endpoint.sent).toEqual([])
})
