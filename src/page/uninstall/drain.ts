/** Delivers what the queues of this origin still hold, and drops the rest. */

import { fetchSender } from '../../adapters/fetch-sender'
import { platformCompressor } from '../../adapters/gzip'
import { idbDatabase } from '../../adapters/idb-database'
import { newId } from '../../adapters/new-id'
import { reportChannel } from '../../adapters/report-channel'
import { systemClock } from '../../adapters/system-clock'
import { webLocks } from '../../adapters/web-locks'
import { totalDropped } from '../../core/base/accounting'
import type { Database } from '../../core/base/ports'
import { createTransport } from '../../core/delivery/transport'
import { type Handover, parseHandover } from '../../core/queue/handover'
import { createQueue, listQueues } from '../../core/queue/queue'
import { parseRules } from '../../core/queue/rules'
import { queuesBackedUp, recoverBackups } from '../late/recover-backups'
import type { Refusal } from './remove'

export interface Counts {
  delivered: number
  dropped: number
}

export interface Drained extends Counts {
  refusals: Refusal[]
}

/** What the stored queues have delivered and dropped so far. */
export async function countsOf(database: Database): Promise<Counts> {
  const counts = { delivered: 0, dropped: 0 }
  for (const name of await listQueues(database)) {
    const { delivered, dropped } = await createQueue(database, name).stats()
    counts.delivered += delivered
    counts.dropped += totalDropped(dropped)
  }
  return counts
}

/** Events that wait for a worker's hook are not sent without it: they are dropped. */
export async function drain(timeoutMs: number): Promise<Drained> {
  const database = idbDatabase()
  const clock = systemClock()
  const report = reportChannel()
  const end = clock.now() + timeoutMs
  const senderId = `page:${newId()}`
  await recoverAll(database)
  for (const name of await listQueues(database)) {
    const transport = createTransport(createQueue(database, name), {
      ...{ clock, senderId, newId, random: Math.random, hooks: [], locks: webLocks() },
      sender: fetchSender(),
      compress: platformCompressor(),
      report: (event) => report(name, event),
    })
    await transport.takeUp()
    const left = Math.max(0, end - clock.now())
    if (left > 0) await transport.flush({ timeoutMs: left, ignoreRetryAfter: true })
    await transport.pause()
    await transport.dropAll('shutdown')
  }
  const counts = await countsOf(database)
  const orphans = await dropOrphans(database, report)
  const rules = await database.transact('readonly', (tx) => tx.list('rules', []))
  const refusals = rules.flatMap(({ key, value }) => {
    const { refused, at } = parseRules(value)
    return refused ? [{ queue: String(key[0]), at }] : []
  })
  database.close()
  return { ...counts, dropped: counts.dropped + orphans, refusals }
}

/** Moves the backups of all queues to the journal. */
async function recoverAll(database: Database): Promise<void> {
  for (const queue of queuesBackedUp()) {
    const add = (handovers: Handover[]) =>
      database.transact('readwrite', async (tx) => {
        for (const handover of handovers) tx.put('journal', [queue, handover.producer, handover.seq], handover)
      })
    await recoverBackups(queue, '', add)
  }
}

/**
 * Drops handovers of queues that no host ever had: where they were to go is not known. Returns their events' number.
 */
async function dropOrphans(database: Database, report: ReturnType<typeof reportChannel>): Promise<number> {
  const rows = await database.transact('readonly', (tx) => tx.list('journal', []))
  let dropped = 0
  for (const { key, value } of rows) {
    const count = parseHandover(value)?.events.length ?? 0
    dropped += count
    const detail = 'the library was removed before a host had the event'
    if (count > 0) report(String(key[0]), { type: 'drop', uuids: [], count, reason: 'shutdown', detail })
  }
  return dropped
}
