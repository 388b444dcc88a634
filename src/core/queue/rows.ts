/** Where a queue's records stand in the tables, and how a transaction reads them. */

import { isCount } from '../base/is-count'
import { MAX_ASIDE, MAX_QUEUES } from '../base/limits'
import { type Key, type Millis, type Row, StorageError, type Table, type Transaction } from '../base/ports'
import type { DropReason } from '../base/reports'
import { asRecord } from '../base/values'
import { type QueueConfig, queueKey } from '../config/queue-config'
import { readQueueConfig } from '../config/read-queue-config'
import type { EventJson } from '../event/event'
import { sizeOf } from '../event/size-of'
import { LANES } from './handover'
import {
  type BatchRecord,
  emptyLane,
  newQueue,
  type ProducerRecord,
  parseBatch,
  parseBody,
  parseChunk,
  parseQueue,
  type QueueRecord,
} from './records'
import { longestPause } from './retry'
import { parseRules, type Rules } from './rules'
import type { DropGroup } from './settlement'

/** One queue inside one open transaction. `record` is written back by `save`. */
export interface Rows {
  tx: Transaction
  queue: string
  record: QueueRecord
  drops: DropGroup[]
  /** Those that this transaction knows, as it has left them. */
  producers: Map<string, ProducerRecord>
}

/** The queue's record, made where `config` is given and none is there. A damaged one is set aside and rebuilt. */
export async function openRows(tx: Transaction, queue: string, config?: QueueConfig): Promise<Rows | undefined> {
  const raw = await tx.get('queues', [queue])
  const parsed = raw === undefined ? undefined : parseQueue(raw)
  if (parsed) {
    if (config) parsed.config = config
    return { tx, queue, record: parsed, drops: [], producers: new Map() }
  }
  const known = config ?? readQueueConfig(asRecord(raw).config)
  if (!known || queueKey(known) !== queue) return undefined
  const rows: Rows = { tx, queue, record: newQueue(known), drops: [], producers: new Map() }
  if (raw === undefined) {
    await makeRoom(tx)
  } else {
    await recount(rows)
    await setAside(rows, 'queues', [queue], raw)
  }
  return rows
}

export const readRules = async (tx: Transaction, queue: string): Promise<Rules> =>
  parseRules(await tx.get('rules', [queue]))

/** A queue that holds nothing gives way to a new one. Whoever still uses it names it again, and finds it empty. */
async function makeRoom(tx: Transaction): Promise<void> {
  const queues = await tx.list('queues', [], { limit: MAX_QUEUES })
  if (queues.length < MAX_QUEUES) return
  const empty = queues.find(({ value }) => parseQueue(value)?.pending === 0)
  if (!empty) throw new StorageError('full', `${MAX_QUEUES} queues of this origin hold events already`)
  for (const table of ['queues', 'producers', 'aside'] as const) tx.deleteRange(table, empty.key)
}

export function save({ tx, queue, record }: Rows): void {
  tx.put('queues', [queue], record)
}

/** Ids are never used twice, so that an old sender's answer cannot be taken for another batch's. */
export function nextId(rows: Rows): number {
  return rows.record.nextId++
}

/** Counts events as dropped that were pending until now. `inRequest` is the caller's. */
export function dropPending(rows: Rows, group: DropGroup): void {
  if (group.events.length === 0) return
  const size = sizeOf(group.events)
  countDropped(rows, group.events.length, size, group.reason)
  rows.drops.push(group)
}

export function countDropped({ record }: Rows, count: number, size: number, reason: DropReason): void {
  record.dropped[reason] = (record.dropped[reason] ?? 0) + count
  noLongerPending(record, count, size)
}

export function noLongerPending(record: QueueRecord, count: number, size: number): void {
  record.pending = Math.max(0, record.pending - count)
  record.size = Math.max(0, record.size - size)
}

export function noteLost({ drops }: Rows, count: number): void {
  drops.push({ events: [], count, reason: 'corrupt', detail: 'could not be read from storage' })
}

/** Keeps a damaged record for a look, a bounded number of them, and takes it out of the way. */
export async function setAside(rows: Rows, table: Table, key: Key, record: unknown): Promise<void> {
  rows.tx.delete(table, key)
  await keepAside(rows, table, key, record)
}

/** The same, where the caller takes the record out of the way. */
export async function keepAside(rows: Rows, table: Table, key: Key, record: unknown): Promise<void> {
  const { tx, queue } = rows
  const kept = await tx.list('aside', [queue], { limit: MAX_ASIDE })
  if (kept.length < MAX_ASIDE) tx.put('aside', [queue, nextId(rows)], { table, key, record })
}

export interface Held {
  id: number
  batch: BatchRecord
}

/** A batch's record, or `undefined` after setting a damaged one aside and counting what it held as `corrupt`. */
export async function readBatch(rows: Rows, id: number): Promise<BatchRecord | undefined> {
  return checkBatch(rows, id, await rows.tx.get('batches', [rows.queue, id]))
}

/** The same, of what was read already. */
export async function checkBatch(rows: Rows, id: number, raw: unknown): Promise<BatchRecord | undefined> {
  const { tx, queue } = rows
  const batch = parseBatch(raw)
  if (batch || raw === undefined) return batch
  await setAside(rows, 'batches', [queue, id], raw)
  const events = parseBody(await tx.get('bodies', [queue, id])) ?? []
  tx.delete('bodies', [queue, id])
  dropPending(rows, { events, reason: 'corrupt', detail: 'its batch record could not be read' })
  return undefined
}

/** A batch's events, or `undefined` after removing the whole batch, whose count is dropped as `corrupt`. */
export async function readBody(rows: Rows, { id, batch }: Held): Promise<EventJson[] | undefined> {
  const { tx, queue } = rows
  const raw = await tx.get('bodies', [queue, id])
  const events = parseBody(raw)
  if (events) return matched(rows, batch, events)
  await setAside(rows, 'bodies', [queue, id], raw ?? null)
  removeBatch(rows, { id, batch })
  countDropped(rows, batch.count, batch.size, 'corrupt')
  noteLost(rows, batch.count)
  return undefined
}

/** The body is what there is: where its batch's record says otherwise, that and the counters are set right. */
function matched(rows: Rows, batch: BatchRecord, events: EventJson[]): EventJson[] {
  const { record } = rows
  const size = sizeOf(events)
  const missing = batch.count - events.length
  if (missing > 0) {
    countDropped(rows, missing, Math.max(0, batch.size - size), 'corrupt')
    noteLost(rows, missing)
  } else {
    record.pending -= missing
    record.size = Math.max(0, record.size + size - batch.size)
  }
  if (batch.lease) record.inRequest = Math.max(0, record.inRequest - missing)
  batch.count = events.length
  batch.size = size
  return events
}

export function putBatch(rows: Rows, id: number, batch: BatchRecord, events?: EventJson[]): void {
  const { tx, queue, record } = rows
  if (batch.lease) record.inRequest += batch.count
  tx.put('batches', [queue, id], batch)
  tx.put('schedule', scheduleKey(queue, id, batch), 0)
  if (events) tx.put('bodies', [queue, id], { events })
}

/** A time further ahead than the longest pause was stored under a clock that has been set back since. */
export function waitsUntil(time: Millis, { record }: Rows, now: Millis): Millis {
  return time > now + longestPause(record.config.settings) ? now : time
}

/** Takes the batch's record out of the schedule, for `putBatch` to put it back changed. */
export function unschedule(rows: Rows, { id, batch }: Held): void {
  const { tx, queue, record } = rows
  if (batch.lease) record.inRequest = Math.max(0, record.inRequest - batch.count)
  tx.delete('schedule', scheduleKey(queue, id, batch))
}

export function removeBatch(rows: Rows, held: Held): void {
  const { tx, queue } = rows
  unschedule(rows, held)
  tx.delete('batches', [queue, held.id])
  tx.delete('bodies', [queue, held.id])
}

function scheduleKey(queue: string, id: number, batch: BatchRecord): Key {
  return batch.lease ? [queue, 'sent', batch.lease.at, id] : [queue, 'held', batch.notBefore, id]
}

/** The batches in one part of the schedule, soonest first. Rows that lead nowhere are removed. */
export async function scheduled(rows: Rows, part: 'held' | 'sent', limit?: number): Promise<Held[]> {
  const { tx, queue } = rows
  for (;;) {
    const found = await tx.list('schedule', [queue, part], limit === undefined ? {} : { limit })
    const batches = await Promise.all(found.map(({ key }) => tx.get('batches', [queue, key[3] ?? ''])))
    const result: Held[] = []
    for (const [index, { key }] of found.entries()) {
      const id = key[3]
      const batch = isCount(id) ? await checkBatch(rows, id, batches[index]) : undefined
      if (batch && isCount(id) && sameKey(scheduleKey(queue, id, batch), key)) result.push({ id, batch })
      else tx.delete('schedule', key)
    }
    if (result.length === found.length || limit === undefined) return result
  }
}

const sameKey = (a: Key, b: Key) => a.length === b.length && a.every((part, index) => part === b[index])

/** Counts from the records themselves, where the queue's own counters are lost or lead to nothing. */
export async function recount(rows: Rows): Promise<void> {
  const { tx, queue, record } = rows
  const damaged: Row[] = []
  record.pending = 0
  record.size = 0
  record.inRequest = 0
  const note = (id: unknown) => {
    if (isCount(id)) record.nextId = Math.max(record.nextId, id + 1)
    return isCount(id)
  }
  for (const lane of LANES) {
    const state = emptyLane()
    for (const row of await tx.list('chunks', [queue, lane])) {
      const events = note(row.key[2]) ? parseChunk(row.value)?.events : undefined
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
  const batches = await tx.list('batches', [queue])
  for (const { key } of batches) note(key[1])
  for (const row of damaged) await setAside(rows, 'chunks', row.key, row.value)
  tx.deleteRange('schedule', [queue])
  const readable = new Set<unknown>()
  for (const { key, value } of batches) {
    const id = key[1]
    const batch = parseBatch(value)
    if (batch && isCount(id)) {
      readable.add(id)
      record.pending += batch.count
      record.size += batch.size
      putBatch(rows, id, batch)
    } else await setAside(rows, 'batches', key, value)
  }
  for (const { key, value } of await tx.list('bodies', [queue])) {
    note(key[1])
    if (!readable.has(key[1])) await setAside(rows, 'bodies', key, value)
  }
  record.accepted = record.pending
}
