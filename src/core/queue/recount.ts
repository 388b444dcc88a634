/** Rebuilds a queue's counters from its stored chunks and batches, after the counters were lost or proved wrong. */

import { countDropped } from '../base/count-dropped'
import { isCount } from '../base/is-count'
import type { Row } from '../base/ports'
import { sizeOf } from '../event/size-of'
import { putBatch } from './batches'
import { LANES } from './handover'
import { noteLost, type OpenQueue } from './open-queue'
import { emptyLane, parseBatch, parseBody, parseChunk, type QueueRecord } from './records'
import { setAside } from './set-aside'

/**
 * Repairs a queue that counts pending events to which no lane and no schedule leads. Events that the tables still hold
 * are counted anew; the others were in records that are lost. Returns whether any events were found.
 */
export async function reconcile(queue: OpenQueue): Promise<boolean> {
  const { tx, key, record } = queue
  const { pending } = record
  if (pending === 0 || record.lanes.live.count > 0 || record.lanes.historical.count > 0) return false
  const [left] = await tx.list('schedule', [key], { limit: 1 })
  if (left) return false
  await recountLost(queue)
  return record.pending > 0
}

/** Counts the stored events anew. Those that were pending and are in no readable record are dropped as `corrupt`. */
export async function recountLost(queue: OpenQueue): Promise<void> {
  const { record } = queue
  const { pending } = record
  await recount(queue)
  const lost = pending - record.pending
  if (lost <= 0) return
  countDropped(record.dropped, 'corrupt', lost)
  noteLost(queue, lost)
}

/** Counts the stored events, makes the schedule anew and sets damaged records aside. */
export async function recount(queue: OpenQueue): Promise<void> {
  const { record } = queue
  record.pending = 0
  record.size = 0
  record.inRequest = 0
  const damaged = await recountLanes(queue)
  await recountBatches(queue, damaged)
}

/**
 * Returns the damaged chunks. They are set aside once all ids in use are known, because setting aside takes new ids.
 */
async function recountLanes(queue: OpenQueue): Promise<Row[]> {
  const { tx, key, record } = queue
  const damaged: Row[] = []
  for (const lane of LANES) {
    const state = emptyLane()
    for (const row of await tx.list('chunks', [key, lane])) {
      reserve(record, row.key[2])
      const events = isCount(row.key[2]) ? parseChunk(row.value)?.events : undefined
      if (!events) {
        damaged.push(row)
        continue
      }
      state.count += events.length
      state.size += sizeOf(events)
      state.chunks += 1
    }
    record.lanes[lane] = state
    record.pending += state.count
    record.size += state.size
  }
  return damaged
}

async function recountBatches(queue: OpenQueue, damagedChunks: Row[]): Promise<void> {
  const { tx, key, record } = queue
  const batches = await tx.list('batches', [key])
  const bodies = await tx.list('bodies', [key])
  for (const row of [...batches, ...bodies]) reserve(record, row.key[1])
  const eventsOf = new Map(bodies.map((row) => [row.key[1], parseBody(row.value)]))
  for (const row of damagedChunks) await setAside(queue, 'chunks', row.key, row.value)
  tx.deleteRange('schedule', [key])
  const readable = new Set<unknown>()
  for (const row of batches) {
    const id = row.key[1]
    const batch = parseBatch(row.value)
    const events = eventsOf.get(id)
    if (batch && events && isCount(id)) {
      readable.add(id)
      // The batch's own count may be what is damaged.
      const count = events.length
      const size = sizeOf(events)
      record.pending += count
      record.size += size
      putBatch(queue, id, { ...batch, count, size })
    } else await setAside(queue, 'batches', row.key, row.value)
  }
  for (const row of bodies) {
    if (!readable.has(row.key[1])) await setAside(queue, 'bodies', row.key, row.value)
  }
}

/** Makes sure that no new record gets the id of a stored one. */
function reserve(record: QueueRecord, id: unknown): void {
  if (isCount(id)) record.nextId = Math.max(record.nextId, id + 1)
}
