/** A queue inside one open transaction, and its counters. */

import { countDropped } from '../base/count-dropped'
import type { Millis, Transaction } from '../base/ports'
import type { DropReason } from '../base/reports'
import { sizeOf } from '../event/size-of'
import type { ProducerRecord, QueueRecord } from './records'
import type { DropGroup } from './settlement'

/** One transaction on one queue. */
export interface Step {
  readonly tx: Transaction
  /** The queue's name, as `queueKey` makes it. */
  readonly key: string
  /** The time of the step, by the wall clock. */
  readonly now: Millis
}

/** The queue that a step works on. `save` stores what the step has changed in `record`. */
export interface OpenQueue extends Step {
  readonly record: QueueRecord
  /** Events that the step has dropped, to be reported after the commit. */
  readonly drops: DropGroup[]
  /** Records of producers that the step has read or written, so that each is read once. */
  readonly producers: Map<string, ProducerRecord>
}

export function save({ tx, key, record }: OpenQueue): void {
  tx.put('queues', [key], record)
}

/**
 * The next id. Ids are never used twice, so that the late answer of an old sender cannot be taken for the answer to
 * another batch.
 */
export function nextId({ record }: OpenQueue): number {
  return record.nextId++
}

/** Counts pending events as dropped. The caller corrects `inRequest`. */
export function dropPending(queue: OpenQueue, group: DropGroup): void {
  if (group.events.length === 0) return
  countPendingAsDropped(queue, group.events.length, sizeOf(group.events), group.reason)
  queue.drops.push(group)
}

/** Counts pending events as dropped, without a report. The caller corrects `inRequest`. */
export function countPendingAsDropped({ record }: OpenQueue, count: number, size: number, reason: DropReason): void {
  countDropped(record.dropped, reason, count)
  noLongerPending(record, count, size)
}

export function noLongerPending(record: QueueRecord, count: number, size: number): void {
  record.pending = Math.max(0, record.pending - count)
  // A size that was damaged would keep an empty queue full.
  record.size = record.pending > 0 ? Math.max(0, record.size - size) : 0
}

/** Reports the loss of events that cannot be read. The caller counts them. */
export function noteLost({ drops }: OpenQueue, count: number): void {
  drops.push({ events: [], count, reason: 'corrupt', detail: 'could not be read from storage' })
}
