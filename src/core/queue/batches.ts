/**
 * How batches are stored: a record and a body for each, and the schedule, which has them in the order of their times.
 */

import { isCount } from '../base/is-count'
import type { Key } from '../base/ports'
import type { EventJson } from '../event/event'
import { dropPending, type OpenQueue } from './open-queue'
import { type BatchRecord, parseBatch, parseBody } from './records'
import { setAside } from './set-aside'

/** A batch's record and its id. */
export interface StoredBatch {
  id: number
  batch: BatchRecord
}

/** The part of the schedule with the waiting batches, by `notBefore`. */
export const WAITING = 'held'
/** The part of the schedule with the batches in flight, by the time of their lease. */
export const IN_FLIGHT = 'sent'
/** The names are as stored. In their order waiting batches come first, as a flush takes them. */
export type SchedulePart = typeof WAITING | typeof IN_FLIGHT

/**
 * Reads a batch's record. A damaged record is set aside, its events are dropped as `corrupt`, and the result is
 * `undefined`.
 */
export async function readBatch(queue: OpenQueue, id: number): Promise<BatchRecord | undefined> {
  return checkBatch(queue, id, await queue.tx.get('batches', [queue.key, id]))
}

/** Checks a batch's record that was read already, as `readBatch` does. */
export async function checkBatch(queue: OpenQueue, id: number, raw: unknown): Promise<BatchRecord | undefined> {
  const { tx, key } = queue
  const batch = parseBatch(raw)
  if (batch || raw === undefined) return batch
  await setAside(queue, 'batches', [key, id], raw)
  const events = parseBody(await tx.get('bodies', [key, id])) ?? []
  tx.delete('bodies', [key, id])
  dropPending(queue, { events, reason: 'corrupt', detail: 'its batch record could not be read' })
  return undefined
}

/** Stores a batch's record and puts it in the schedule. `events`: the batch's body, if it is new or has changed. */
export function putBatch(queue: OpenQueue, id: number, batch: BatchRecord, events?: EventJson[]): void {
  const { tx, key, record } = queue
  if (batch.lease) record.inRequest += batch.count
  tx.put('batches', [key, id], batch)
  tx.put('schedule', scheduleKey(key, { id, batch }), 0)
  if (events) tx.put('bodies', [key, id], { events })
}

/** Takes a batch out of the schedule; `putBatch` puts it back. */
export function unschedule({ tx, key, record }: OpenQueue, stored: StoredBatch): void {
  const { batch } = stored
  if (batch.lease) record.inRequest = Math.max(0, record.inRequest - batch.count)
  tx.delete('schedule', scheduleKey(key, stored))
}

export function removeBatch(queue: OpenQueue, stored: StoredBatch): void {
  const { tx, key } = queue
  unschedule(queue, stored)
  tx.delete('batches', [key, stored.id])
  tx.delete('bodies', [key, stored.id])
}

function scheduleKey(key: string, { id, batch }: StoredBatch): Key {
  return batch.lease ? [key, IN_FLIGHT, batch.lease.at, id] : [key, WAITING, batch.notBefore, id]
}

/** The batches of one part of the schedule, soonest first. Removes schedule rows without a batch. */
export async function scheduled(queue: OpenQueue, part: SchedulePart, limit?: number): Promise<StoredBatch[]> {
  const { tx, key } = queue
  for (;;) {
    const rows = await tx.list('schedule', [key, part], limit === undefined ? {} : { limit })
    const records = await Promise.all(rows.map((row) => tx.get('batches', [key, row.key[3] ?? ''])))
    const found: StoredBatch[] = []
    for (const [index, row] of rows.entries()) {
      const id = row.key[3]
      const batch = isCount(id) ? await checkBatch(queue, id, records[index]) : undefined
      if (batch && isCount(id) && sameKey(scheduleKey(key, { id, batch }), row.key)) found.push({ id, batch })
      else tx.delete('schedule', row.key)
    }
    if (found.length === rows.length || limit === undefined) return found
  }
}

const sameKey = (a: Key, b: Key) => a.length === b.length && a.every((part, index) => part === b[index])
