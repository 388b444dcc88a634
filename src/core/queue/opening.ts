/** Opens a queue inside a transaction: reads its record, creates it, or rebuilds it if it is damaged. */

import { isCount } from '../base/is-count'
import { MAX_QUEUES } from '../base/limits'
import { StorageError, type Transaction } from '../base/ports'
import { asRecord } from '../base/values'
import { type QueueConfig, queueKey } from '../config/queue-config'
import { readQueueConfig } from '../config/read-queue-config'
import { parseDropped } from './handover'
import type { OpenQueue, Step } from './open-queue'
import { newQueue, parseQueue } from './records'
import { recountLost } from './recount'
import { parseRules, type Rules } from './rules'
import { setAside } from './set-aside'

/**
 * Reads the queue's record. Creates it if there is none and `config` is given; sets a damaged record aside and rebuilds
 * it.
 */
export async function openQueue(step: Step, config?: QueueConfig): Promise<OpenQueue | undefined> {
  const { tx, key } = step
  const raw = await tx.get('queues', [key])
  const stored = raw === undefined ? undefined : parseQueue(raw)
  // A record that names another host than the queue's name does is damaged: a relay's requests would go to that host.
  if (stored && queueKey(stored.config) === key) {
    if (config) stored.config = config
    return { ...step, record: stored, drops: [], producers: new Map() }
  }
  const damaged = asRecord(raw)
  const known = config ?? readQueueConfig(damaged.config)
  if (!known || queueKey(known) !== key) return undefined
  const record = newQueue(known)
  // No other record tells how many earlier events there were, and what became of them.
  if (isCount(damaged.delivered)) record.delivered = damaged.delivered
  if (isCount(damaged.pending)) record.pending = damaged.pending
  record.dropped = parseDropped(damaged.dropped)
  const queue: OpenQueue = { ...step, record, drops: [], producers: new Map() }
  if (raw === undefined) await makeRoom(tx)
  // Chunks and batches may have outlived the record of their queue: no new chunk or batch may get an id of theirs.
  await recountLost(queue)
  if (raw !== undefined) await setAside(queue, 'queues', [key], raw)
  return queue
}

export const readRules = async ({ tx, key }: Step): Promise<Rules> => parseRules(await tx.get('rules', [key]))

/**
 * Removes an empty queue where a new one would be one too many. A page that still uses the removed queue creates it
 * again with its next message.
 */
async function makeRoom(tx: Transaction): Promise<void> {
  const queues = await tx.list('queues', [], { limit: MAX_QUEUES })
  if (queues.length < MAX_QUEUES) return
  const empty = queues.find(({ value }) => parseQueue(value)?.pending === 0)
  if (!empty) throw new StorageError('full', `${MAX_QUEUES} queues of this origin hold events already`)
  for (const table of ['queues', 'producers', 'aside'] as const) tx.deleteRange(table, empty.key)
}
