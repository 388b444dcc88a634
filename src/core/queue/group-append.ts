/**
 * Appends handovers in groups: those that come before a transaction has begun share it. Pages write to the same
 * database, and the browser runs its transactions in turn, so a page's own write to the journal would otherwise wait
 * for a transaction of each handover of every tab.
 */

import { type Database, StorageError } from '../base/ports'
import { type Appended, appendAll, type Given } from './append'

/** The most handovers of one transaction: other transactions wait for its end. */
const MAX_HANDOVERS = 32

interface Waiting extends Given {
  resolve(appended: Appended): void
  reject(error: unknown): void
}

/** Returns a function that resolves once the handover is committed, and rejects if nothing of it is. */
export function createGroupAppend(db: Database, key: string): (given: Given) => Promise<Appended> {
  const waiting: Waiting[] = []
  let running = false

  async function commit(group: Waiting[], others: Waiting[]): Promise<void> {
    try {
      const appended = await db.transact('readwrite', (tx) =>
        appendAll(tx, key, group, () => void group.push(...others.splice(0, MAX_HANDOVERS - group.length))),
      )
      for (const [index, one] of appended.entries()) group[index]?.resolve(one)
    } catch (error) {
      // A handover that does not fit on the disk must not keep out the others. A disk that gives no answer would keep
      // each of them waiting in turn.
      if (group.length === 1 || (error instanceof StorageError && error.reason === 'silent')) {
        for (const { reject } of group) reject(error)
      } else for (const one of group) await commit([one], [])
    }
  }

  async function run(): Promise<void> {
    running = true
    while (waiting.length > 0) await commit(waiting.splice(0, 1), waiting)
    running = false
  }

  return (given) =>
    new Promise<Appended>((resolve, reject) => {
      waiting.push({ ...given, resolve, reject })
      if (!running) void run()
    })
}
