import { expect, test } from 'vitest'
import { configOf, eventsFrom, handoverOf } from '../../../test/support/core/fixtures'
import { memoryDatabase } from '../../adapters/memory-database'
import type { Database } from '../base/ports'
import { queueKey } from '../config/queue-config'
import { createQueue } from './queue'
import { NO_RULES } from './rules'

const T = 1_767_225_600_000
const HOUR = 3_600_000
const config = configOf()
const key = queueKey(config)

/** A page's first code writes raw. */
const journal = (database: Database, producer: string, seqs: number[]) =>
  database.transact('readwrite', async (tx) => {
    for (const seq of seqs) {
      tx.put('journal', [key, producer, seq], handoverOf(seq, eventsFrom(seq, 1), { producer, at: T }))
    }
  })

/** Tells how often a table is read. */
function counting(database: Database) {
  const gets: Record<string, number> = {}
  const counted: Database = {
    ...database,
    transact: (mode, work) =>
      database.transact(mode, (tx) =>
        work({
          ...tx,
          get(table, at) {
            gets[table] = (gets[table] ?? 0) + 1
            return tx.get(table, at)
          },
        }),
      ),
  }
  return { counted, gets }
}

test('P2: what pages wrote down is taken up once, though some of it had been handed over as well', async () => {
  const database = memoryDatabase()
  const queue = createQueue(database, key)
  await queue.append(config, handoverOf(2, eventsFrom(2, 1), { producer: 'a', at: T }), T)
  await journal(database, 'a', [1, 2, 3])
  await journal(database, 'b', [11, 12])
  const taken = await queue.takeUp(T)
  expect(taken?.accepted).toHaveLength(4)
  // Its rows are still there, as after a host that died now.
  const again = await queue.takeUp(T)
  expect(again).toMatchObject({ accepted: [], drops: [], pending: 5 })
  await queue.clearJournal(again?.taken ?? [])
  expect(await queue.append(config, handoverOf(3, eventsFrom(3, 1), { producer: 'a', at: T }), T)).toMatchObject({
    kind: 'committed',
    accepted: [],
  })
  expect(await queue.stats()).toMatchObject({ accepted: 5, pending: 5 })
  expect(await queue.takeUp(T)).toBeUndefined()
})

test('P2: a take-up reads each producer once, since pages wait meanwhile with what they capture', async () => {
  const { counted, gets } = counting(memoryDatabase())
  const queue = createQueue(counted, key)
  await queue.configure(config, T)
  await journal(counted, 'a', [1, 2, 3, 4, 5])
  await journal(counted, 'b', [11, 12, 13])
  await queue.takeUp(T)
  expect(gets.producers).toBe(2)
})

test('P10: what a clock an hour ahead wrote down stays erased once the clock is right and the person agrees again', async () => {
  const database = memoryDatabase()
  const queue = createQueue(database, key)
  await queue.configure(config, T)
  await journal(database, 'a', [1])
  const erased = { ...NO_RULES, at: T - HOUR, turns: [T - HOUR - 1, T - HOUR], erase: T - HOUR - 1, eraseOwed: true }
  await database.transact('readwrite', async (tx) => tx.put('rules', [key], erased))
  expect(await queue.takeUp(T - HOUR + 500)).toMatchObject({ accepted: [], drops: [{ reason: 'opted_out', count: 1 }] })
  expect(await queue.stats()).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
})
