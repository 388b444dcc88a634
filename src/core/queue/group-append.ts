/**
 * Appends handovers in groups: those that come while a transaction is under way share the next one. Pages write to the
 * same database, and the browser runs their transactions in turn, so a page's own write to the journal would wait for
 * the transaction of each handover of every tab.
 */

import type { Database } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import { type Appended, append } from './append'
import type { Handover } from './handover'
import type { Step } from './open-queue'

/** The most handovers of one transaction: other transactions wait for its end. */
const MAX_HANDOVERS = 32

interface Waiting {
  config: QueueConfig | undefined
  handover: Handover
  now: Step['now']
  resolve(appended: Appended): void
  reject(error: unknown): void
}

/** Returns a function that resolves once the handover is committed, and rejects if its transaction fails. */
export function createGroupAppend(db: Database, key: string) {
  const waiting: Waiting[] = []
  let running = false

  const transact = (group: Waiting[]) =>
    db.transact('readwrite', async (tx) => {
      const appended: Appended[] = []
      for (const { config, handover, now } of group) appended.push(await append({ tx, key, now }, config, handover))
      return appended
    })

  async function commit(group: Waiting[]): Promise<void> {
    try {
      const appended = await transact(group)
      for (const [index, { resolve }] of group.entries()) resolve(appended[index] as Appended)
    } catch (error) {
      // A handover that does not fit on the disk must not keep out the others.
      if (group.length > 1) for (const one of group) await commit([one])
      else group[0]?.reject(error)
    }
  }

  async function run(): Promise<void> {
    running = true
    while (waiting.length > 0) await commit(waiting.splice(0, MAX_HANDOVERS))
    running = false
  }

  return (config: QueueConfig | undefined, handover: Handover, now: Step['now']) =>
    new Promise<Appended>((resolve, reject) => {
      waiting.push({ config, handover, now, resolve, reject })
      if (!running) void run()
    })
}
