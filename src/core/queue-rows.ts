/** Where a queue's records stand in the tables, and how a transaction reads them. */

import type { EventJson } from './event'
import { sizeOf } from './event-json'
import { LANES } from './handover'
import { MAX_ASIDE } from './limits'
import type { Key, Millis, Table, Transaction } from './ports'
import type { QueueConfig } from './queue-config'
import {
  type BatchRecord,
  emptyLane,
  newQueue,
  parseBatch,
  parseBody,
  parseChunk,
  parseQueue,
  type QueueRecord,
} from './records'
import type { DropReason } from './reports'
import { longestPause } from './retry'
import type { DropGroup } from './settlement'

/** One queue inside one open transaction. `record` is written back by `save`. */
export interface Rows {
  tx: Transaction
  queue: string
  record: QueueRecord
  drops: DropGroup[]
}

/** The queue's record, made where `config` is given and none is there. A damaged one is set aside and rebuilt. */
export async function openRows(tx: Transaction, queue: string, config?: QueueConfig): Promise<Rows | undefined> {
  const raw = await tx.get('queues', [queue])
  const parsed = raw === undefined ? undefined : parseQueue(raw)
  if (parsed) {
    if (config) parsed.config = config
    return { tx, queue, record: parsed, drops: [] }
  }
  if (!config) return undefined
  const rows: Rows = { tx, queue, record: newQueue(config), drops: [] }
  if (raw !== undefined) {
    await setAside(rows, 'queues', [queue], raw)
    await recount(rows)
  }
  return rows
}

export function save({ tx, queue, record }: Rows): Promise<unknown> {
  return tx.put('queues', [queue], record)
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
  const { tx, queue } = rows
  await tx.delete(table, key)
  const kept = await tx.list('aside', [queue], { limit: MAX_ASIDE })
  if (kept.length < MAX_ASIDE) await tx.put('aside', [queue, nextId(rows)], { table, key, record })
}

export interface Held {
  id: number
  batch: BatchRecord
}

/** A batch's record, or `undefined` after setting a damaged one aside and counting what it held as `corrupt`. */
export async function readBatch(rows: Rows, id: number): Promise<BatchRecord | undefined> {
  const { tx, queue } = rows
  const raw = await tx.get('batches', [queue, id])
  const batch = parseBatch(raw)
  if (batch || raw === undefined) return batch
  await setAside(rows, 'batches', [queue, id], raw)
  const events = parseBody(await tx.get('bodies', [queue, id])) ?? []
  await tx.delete('bodies', [queue, id])
  dropPending(rows, { events, reason: 'corrupt', detail: 'its batch record could not be read' })
  return undefined
}

/** A batch's events, or `undefined` after removing the whole batch, whose count is dropped as `corrupt`. */
export async function readBody(rows: Rows, { id, batch }: Held): Promise<EventJson[] | undefined> {
  const { tx, queue } = rows
  const raw = await tx.get('bodies', [queue, id])
  const events = parseBody(raw)
  if (events) return events
  await setAside(rows, 'bodies', [queue, id], raw ?? null)
  await removeBatch(rows, { id, batch })
  countDropped(rows, batch.count, batch.size, 'corrupt')
  noteLost(rows, batch.count)
  return undefined
}

export async function putBatch(rows: Rows, id: number, batch: BatchRecord, events?: EventJson[]): Promise<void> {
  const { tx, queue, record } = rows
  if (batch.lease) record.inRequest += batch.count
  await tx.put('batches', [queue, id], batch)
  await tx.put('schedule', scheduleKey(queue, id, batch), 0)
  if (events) await tx.put('bodies', [queue, id], { events })
}

/** A time further ahead than the longest pause was stored under a clock that has been set back since. */
export function waitsUntil(time: Millis, { record }: Rows, now: Millis): Millis {
  return time > now + longestPause(record.config.settings) ? now : time
}

/** Takes the batch's record out of the schedule, for `putBatch` to put it back changed. */
export async function unschedule(rows: Rows, { id, batch }: Held): Promise<void> {
  const { tx, queue, record } = rows
  if (batch.lease) record.inRequest = Math.max(0, record.inRequest - batch.count)
  await tx.delete('schedule', scheduleKey(queue, id, batch))
}

export async function removeBatch(rows: Rows, held: Held): Promise<void> {
  const { tx, queue } = rows
  await unschedule(rows, held)
  await tx.delete('batches', [queue, held.id])
  await tx.delete('bodies', [queue, held.id])
}

function scheduleKey(queue: string, id: number, batch: BatchRecord): Key {
  return batch.lease ? [queue, 'sent', batch.lease.at, id] : [queue, 'held', batch.notBefore, id]
}

/** The batches in one part of the schedule, soonest first. Rows that lead nowhere are removed. */
export async function scheduled(rows: Rows, part: 'held' | 'sent', limit?: number): Promise<Held[]> {
  const { tx, queue } = rows
  for (;;) {
    const found = await tx.list('schedule', [queue, part], limit === undefined ? {} : { limit })
    const result: Held[] = []
    for (const { key } of found) {
      const id = Number(key[3])
      const batch = await readBatch(rows, id)
      if (batch && sameKey(scheduleKey(queue, id, batch), key)) result.push({ id, batch })
      else await tx.delete('schedule', key)
    }
    if (result.length === found.length || limit === undefined) return result
  }
}

const sameKey = (a: Key, b: Key) => a.length === b.length && a.every((part, index) => part === b[index])

/** Counts from the records themselves, where the queue's own counters are lost. */
async function recount(rows: Rows): Promise<void> {
  const { tx, queue, record } = rows
  for (const lane of LANES) {
    const state = emptyLane()
    for (const { key, value } of await tx.list('chunks', [queue, lane])) {
      record.nextId = Math.max(record.nextId, Number(key[2]) + 1)
      const events = parseChunk(value)?.events ?? []
      state.count += events.length
      state.size += sizeOf(events)
      state.chunks += 1
    }
    record.lanes[lane] = state
    record.pending += state.count
    record.size += state.size
  }
  for (const { key, value } of await tx.list('batches', [queue])) {
    record.nextId = Math.max(record.nextId, Number(key[1]) + 1)
    const batch = parseBatch(value)
    if (!batch) continue
    record.pending += batch.count
    record.size += batch.size
    if (batch.lease) record.inRequest += batch.count
  }
  record.accepted = record.pending
}
