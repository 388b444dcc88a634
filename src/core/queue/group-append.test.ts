/** What is taken of handovers that come together, and of those that a refusal covers. */

import { expect, test } from 'vitest'
import { configOf, eventsFrom, handoverOf, uuid } from '../../../test/support/core/fixtures'
import { memoryDatabase } from '../../adapters/memory-database'
import { type Database, StorageError } from '../base/ports'
import { queueKey } from '../config/queue-config'
import type { EventJson } from '../event/event'
import { createQueue } from './queue'

const config = configOf()
const T = 1_700_000_000_000

/** Counts the transactions that may write. `fits` says of each row whether the disk has room for it. */
function watched(fits: (value: unknown) => boolean = () => true) {
  const inner = memoryDatabase()
  const seen = { writes: 0 }
  const database: Database = {
    ...inner,
    transact(mode, work) {
      if (mode !== 'readonly') seen.writes += 1
      return inner.transact(mode, (tx) =>
        work({
          ...tx,
          put(table, key, value) {
            if (!fits(value)) throw new StorageError('full', 'no room')
            tx.put(table, key, value)
          },
        }),
      )
    },
  }
  return { queue: createQueue(database, queueKey(config)), seen }
}

test('P2: handovers that come before a transaction has begun share it, and each is told what was taken of it', async () => {
  const { queue, seen } = watched()
  const answers = await Promise.all(
    [1, 2, 2, 3].map((seq) => queue.append(config, handoverOf(seq, eventsFrom(seq, 1)), T)),
  )
  expect(answers.map((answer) => answer.kind === 'committed' && answer.accepted)).toEqual([
    [uuid(1)],
    [uuid(2)],
    [],
    [uuid(3)],
  ])
  expect(await queue.stats()).toMatchObject({ accepted: 3, pending: 3 })
  expect(seen.writes).toBe(1)
})

test('P7: a hundred at once are no longer a transaction than 32', async () => {
  const { queue, seen } = watched()
  const sequence = Array.from({ length: 100 }, (_, index) => index + 1)
  await Promise.all(sequence.map((seq) => queue.append(config, handoverOf(seq, eventsFrom(seq, 1)), T)))
  expect((await queue.stats()).pending).toBe(100)
  expect(seen.writes).toBe(4)
})

test('P5: a handover that the disk has no room for keeps out none of those that came with it', async () => {
  const large = eventsFrom(2, 1, 'v0').map((json) => json.replace('}', `,"x":"${'x'.repeat(1_000)}"}`))
  const { queue } = watched((value) => !JSON.stringify(value).includes('x'.repeat(1_000)))
  const answers = await Promise.allSettled([
    queue.append(config, handoverOf(1, eventsFrom(1, 1)), T),
    queue.append(config, handoverOf(2, large as EventJson[]), T),
    queue.append(config, handoverOf(3, eventsFrom(3, 1)), T),
  ])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await queue.stats()).toMatchObject({ accepted: 2, pending: 2 })
})

test('a handover of a queue that no page has described is not taken with one that describes it', async () => {
  const { queue } = watched()
  const answers = await Promise.all([
    queue.append(undefined, handoverOf(1, eventsFrom(1, 1)), T),
    queue.append(config, handoverOf(2, eventsFrom(2, 1)), T),
    queue.append(undefined, handoverOf(3, eventsFrom(3, 1)), T),
  ])
  expect(answers.map(({ kind }) => kind)).toEqual(['unknown_queue', 'committed', 'committed'])
})

test('P10: while the clock is behind a refusal, nothing that is handed over is taken for captured before it', async () => {
  const database = memoryDatabase()
  const queue = createQueue(database, queueKey(config))
  const refusal = { refused: true, at: T, turns: [T], erase: 0, eraseOwed: false, hooked: false }
  await database.transact('readwrite', async (tx) => tx.put('rules', [queueKey(config)], refusal))
  const append = (seq: number, now: number) =>
    queue.append(config, handoverOf(seq, eventsFrom(seq, 1), { at: T - 9_000 }), now)
  expect(await append(1, T - 5_000)).toMatchObject({ accepted: [], refused: [{ reason: 'opted_out' }] })
  expect(await append(2, T + 50)).toMatchObject({ accepted: [uuid(2)], refused: [] })
})

test('P6: a disk that gives no answer keeps handovers that came together waiting once, and not each in turn', async () => {
  const inner = memoryDatabase()
  let asked = 0
  const database: Database = {
    ...inner,
    transact: (mode, work) =>
      inner.transact(mode, async (tx) => {
        await work(tx)
        asked += 1
        throw new StorageError('silent', 'the database gives no answer')
      }),
  }
  const queue = createQueue(database, queueKey(config))
  const answers = await Promise.allSettled(
    [1, 2, 3].map((seq) => queue.append(config, handoverOf(seq, eventsFrom(seq, 1)), T)),
  )
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(asked).toBe(1)
})
