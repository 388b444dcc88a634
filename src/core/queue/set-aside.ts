/** Moves damaged records to the table `aside`, a bounded number of them, for inspection. */

import { MAX_ASIDE } from '../base/limits'
import type { Key, Table } from '../base/ports'
import { nextId, type OpenQueue } from './open-queue'

/** Moves a damaged record to the table `aside`. */
export async function setAside(queue: OpenQueue, table: Table, row: Key, record: unknown): Promise<void> {
  queue.tx.delete(table, row)
  await keepAside(queue, table, row, record)
}

/** Copies a damaged record to the table `aside`. The caller deletes the record. */
export async function keepAside(queue: OpenQueue, table: Table, row: Key, record: unknown): Promise<void> {
  const { tx, key } = queue
  const kept = await tx.list('aside', [key], { limit: MAX_ASIDE })
  if (kept.length < MAX_ASIDE) tx.put('aside', [key, nextId(queue)], { table, key: row, record })
}
