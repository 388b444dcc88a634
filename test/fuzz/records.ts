/** What is found in the database: cut short, of another schema, of somebody else, or gone. */

import fc, { type Arbitrary } from 'fast-check'
import { memoryDatabase } from '../../src/adapters/memory-database'
import { MAX_DELAY } from '../../src/core/base/limits'
import type { Database, Key, Row, Table } from '../../src/core/base/ports'
import { type QueueConfig, queueKey } from '../../src/core/config/queue-config'
import { createHost } from '../../src/core/host/host'
import { MESSAGE_VERSION } from '../../src/core/host/messages'
import { createQueue } from '../../src/core/queue/queue'
import { type FakeEndpoint, fakeEndpoint } from '../support/core/fake-endpoint'
import { configOf, eventsFrom, handoverOf, idsFrom, uuid } from '../support/core/fixtures'
import { noLocks } from '../support/core/world'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { type WatchedClock, watchedClock } from './clock'
import { clonable, type Mutation, mutated, mutationOf } from './hostile'
import { cloned } from './messages'

const damagedConfig = configOf({ flushInterval: 5_000, maxBatchSize: 4 })
const otherConfig = { ...damagedConfig, apiKey: 'phc_other' }
const queue = queueKey(damagedConfig)

/** Of the damaged queue: 1 to 18 were there before, 501 and 502 come after. The other queue has 101 to 106, 601, 602. */
const TABLES = ['queues', 'producers', 'chunks', 'batches', 'bodies', 'schedule'] as const satisfies Table[]

type Damage = { table: (typeof TABLES)[number]; row: number } & (
  | { kind: 'value'; mutation: Mutation }
  | { kind: 'replaced'; value: unknown }
  | { kind: 'removed' }
  | { kind: 'moved'; last: string | number }
)

const damages: Arbitrary<Damage[]> = fc.array(
  fc
    .tuple(
      fc.record({ table: fc.constantFrom(...TABLES), row: fc.nat(7) }),
      fc.oneof(
        { weight: 5, arbitrary: mutationOf(clonable).map((mutation) => ({ kind: 'value', mutation }) as const) },
        { weight: 2, arbitrary: clonable.map((value) => ({ kind: 'replaced', value }) as const) },
        { weight: 1, arbitrary: fc.constant({ kind: 'removed' } as const) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom<string | number>('foreign', '', -1, 0.5, 2 ** 53, 3)
            .map((last) => ({ kind: 'moved', last }) as const),
        },
      ),
    )
    .map(([where, what]) => ({ ...where, ...what })),
  { minLength: 1, maxLength: 3 },
)

interface Visit {
  clock: WatchedClock
  endpoint: FakeEndpoint
  database: Database
}

/** A worker's life. What a page says to it is answered, and worked on. */
function live({ clock, endpoint, database }: Visit, senderId: string) {
  const troubles: string[] = []
  const host = createHost({
    clock,
    database,
    random: () => 0,
    newId: idsFrom(Number(senderId.slice(-1)) * 10_000_000),
    sender: endpoint,
    compress: async () => undefined,
    locks: noLocks,
    hooks: [],
    senderId,
    report: () => undefined,
    onBlocked: (_queue, { blockedBy }) => troubles.push(blockedBy ?? ''),
  })
  return {
    host,
    troubles,
    async handOver(config: QueueConfig, seq: number, events: string[], producer: string) {
      const answers: string[] = []
      const handover = handoverOf(seq, events, { producer, lane: seq % 3 === 0 ? 'historical' : 'live' })
      const base = { outlast: MESSAGE_VERSION, id: seq, queue: queueKey(config), config }
      const left = await host.receive({ ...base, type: 'handover', handover, urgent: false }, ({ type }) => {
        answers.push(type)
      })
      if (left) void host.work({ holdMs: MAX_DELAY, budgetMs: MAX_DELAY }, left.cause, [left.queue])
      return answers
    },
  }
}

/** Two queues with waiting batches, one batch of a sender that died, and chunks that are in no batch yet. */
async function filled(visit: Visit): Promise<void> {
  const { clock, endpoint } = visit
  endpoint.answer = () => ({ status: 503 })
  const { handOver, host } = live(visit, 'worker:1')
  for (let seq = 1; seq <= 3; seq++) await handOver(damagedConfig, seq, eventsFrom(seq * 4 - 3, 4), 'before')
  await handOver(otherConfig, 1, eventsFrom(101, 4), 'before')
  await clock.advance(6_000)
  for (let seq = 4; seq <= 6; seq++) await handOver(damagedConfig, seq, eventsFrom(seq * 2 + 5, 2), 'before')
  await handOver(otherConfig, 2, eventsFrom(105, 2), 'before')
  await host.close()
  await clock.advance(0)
}

const rowsOf = (database: Database, table: Table): Promise<Row[]> =>
  database.transact('readonly', (tx) => tx.list(table, table === 'queues' ? [queue] : [queue]))

async function damage(database: Database, given: Damage): Promise<boolean> {
  const { table, row, kind } = given
  const rows = await rowsOf(database, table)
  const found = rows[row % Math.max(1, rows.length)]
  if (!found) return false
  const { key, value } = found
  const moved: Key = kind === 'moved' && key.length > 1 ? [...key.slice(0, -1), given.last] : key
  const next =
    kind === 'value' ? cloned(mutated(value, given.mutation)) : kind === 'replaced' ? cloned(given.value) : value
  if (typeof next === 'symbol') return false
  await database.transact('readwrite', async (tx) => {
    await tx.delete(table, key)
    if (kind !== 'removed') await tx.put(table, moved, next)
  })
  return true
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => uuid(from + index))

async function check(given: Damage[]): Promise<Outcome> {
  const clock = watchedClock()
  const endpoint = fakeEndpoint(clock)
  const visit = { clock, endpoint, database: memoryDatabase() }
  const { database } = visit
  await filled(visit)
  let changed = false
  for (const one of given) changed = (await damage(database, one)) || changed
  endpoint.answer = () => ({ status: 200 })

  // A worker that a sync has started, with no page open.
  const { host, troubles, handOver } = live(visit, 'worker:2')
  const worked = host.work({ holdMs: MAX_DELAY, budgetMs: MAX_DELAY })
  await clock.advance(10 * 60_000)
  for (const other of range(101, 106)) hold(endpoint.taken.get(other) === 1, 'another queue is delivered, once', other)
  // The next visit.
  const committed = [
    ...(await handOver(damagedConfig, 1, eventsFrom(501, 2), 'after')),
    ...(await handOver(otherConfig, 1, eventsFrom(601, 2), 'after')),
  ]
  hold(committed.join() === 'committed,committed', 'new events are taken', committed)
  await clock.advance(10 * 60_000)
  const flushed: unknown[] = []
  for (const config of [damagedConfig, otherConfig]) {
    const message = { outlast: MESSAGE_VERSION, id: 9, queue: queueKey(config), type: 'flush' }
    void host.receive(message, (reply) => flushed.push(reply))
  }
  await clock.advance(2 * 3_600_000)
  hold(flushed.length === 2, 'a flush is answered', flushed)
  hold(troubles.length === 0, 'damage is not taken for a failing disk', troubles)
  for (const one of [...range(501, 502), ...range(601, 602)]) {
    hold(endpoint.taken.get(one) === 1, 'new events are delivered, once', one)
  }
  hold(endpoint.violations.length === 0, 'no request breaks the protocol', endpoint.violations)
  hold(endpoint.sent.length < 60, 'few requests are made', endpoint.sent.length)
  clock.holdCalm()

  const stats = await createQueue(database, queue).stats()
  hold(stats.pending === 0, 'nothing stays pending', stats)
  if (given.every(({ table }) => table !== 'queues')) {
    // A record that says an event twice is believed: an app may have captured it twice.
    const twice = given.some((one) => one.kind === 'value' && one.mutation.kind === 'repeat')
    hold(twice ? stats.accepted >= 20 : stats.accepted === 20, 'accepted = delivered + dropped', stats)
    if (eventsUntouched(given)) {
      for (const one of BEFORE) hold(endpoint.taken.has(one), 'events that can be read are delivered', one)
    }
    const lost = 20 - [...endpoint.taken.keys()].filter((one) => MINE.has(one)).length
    // A record may also have become one of an age long past.
    const { corrupt = 0, expired = 0 } = stats.dropped
    // An event that was read twice stands in the counts for one that could not be read.
    if (!twice) hold(corrupt + expired >= lost, 'what cannot be read is counted as corrupt', { lost, stats })
  }
  await host.close()
  await clock.advance(1_000)
  await worked
  holdNothingElseBroke()
  return changed && (stats.dropped.corrupt ?? 0) > 0 ? 'refused' : 'accepted'
}

const BEFORE = new Set(range(1, 18))
const MINE = new Set([...BEFORE, ...range(501, 502)])

/** A chunk's or a batch's own damage takes its events with it, counted. */
const eventsUntouched = (given: Damage[]) => given.every(({ table }) => table === 'producers' || table === 'schedule')

export const records: Boundary<Damage[]> = { name: 'records', share: 3, cases: damages, check }
