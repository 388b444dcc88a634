/** Settles a batch whose request has ended, in one transaction: its events are delivered, dropped or kept. */

import { FRESH_WAIT_MS } from '../base/limits'
import type { Millis, NewId } from '../base/ports'
import type { EventJson } from '../event/event'
import { uuidOf } from '../event/event-json'
import { sizeOf } from '../event/size-of'
import { checkBatch, putBatch, removeBatch, unschedule } from './batches'
import type { ClaimedBatch } from './claim'
import { dropPending, nextId, noLongerPending, type OpenQueue, type Step, save } from './open-queue'
import { openQueue } from './opening'
import { readBody } from './read-body'
import type { BatchRecord } from './records'
import { backoff, isBlocked, patient, waitsUntil } from './retry'
import type { DropGroup, Settlement } from './settlement'

export interface Settled {
  /** Events that are counted as delivered now: none that another sender has settled before. */
  delivered: EventJson[]
  drops: DropGroup[]
  /** Events that stay pending in this sender's batch, to be sent again at `nextAttemptAt`. */
  kept: EventJson[]
  nextAttemptAt: Millis
  /** The ids of the batches that were made of the halves, first half first. */
  halves: number[]
  /** Whether something on the device stops all requests. */
  isBlocked: boolean
  /** All events that are pending in the queue now. */
  pending: number
}

/**
 * After so many events in a row that were refused alone, none taken in between, a server is believed to refuse
 * everything. Then a batch is dropped after its first 400 and not halved, until the server takes one.
 */
const REFUSED_ENOUGH = 8

/** For events of the stored batch that the settlement does not name: they are sent again at once. */
const AT_ONCE = { pause: { delayMs: 0, fromRetryAfter: false }, answered: false, unreachable: true }

export async function settle(step: Step, sent: ClaimedBatch, settlement: Settlement, newId: NewId): Promise<Settled> {
  const { tx, key, now } = step
  const [queue, raw] = await Promise.all([openQueue(step), tx.get('batches', [key, sent.id])])
  const nothing = { delivered: [], kept: [], nextAttemptAt: now, halves: [], isBlocked: false }
  if (!queue) return { ...nothing, drops: [], pending: 0 }
  const { record, drops } = queue
  const none = (): Settled => ({ ...nothing, drops, pending: record.pending })
  const batch = await checkBatch(queue, sent.id, raw)
  // Where the browser deleted the database meanwhile, a batch of the new database may have the id of the old batch.
  if (batch?.requestId !== sent.batch.requestId) {
    if (drops.length > 0) save(queue)
    return none()
  }
  const stored = { id: sent.id, batch }
  const mine = batch.lease?.sender === sent.batch.lease?.sender && batch.attempt === sent.batch.attempt
  // If another sender has settled a part of the batch meanwhile, it has stored the rest, which has fewer events.
  const events = mine && batch.count === sent.events.length ? sent.events : await readBody(queue, stored)
  if (!events) {
    save(queue)
    return none()
  }
  // Another sender may have taken the batch over and settled a part of it. A final result counts from either sender;
  // a retry is left to the sender that has the batch now.
  const there = new Set(events.map(uuidOf))
  const still = (some: EventJson[]) => some.filter((json) => there.has(uuidOf(json)))
  const delivered = still(settlement.delivered)
  const final = new Set(delivered.map(uuidOf))
  noLongerPending(record, delivered.length, sizeOf(delivered))
  record.delivered += delivered.length
  const { refused } = settlement
  const split = refused && record.refusedAlone >= REFUSED_ENOUGH ? undefined : settlement.split
  for (const group of refused && !split ? [refused] : settlement.dropped) {
    const dropped = still(group.events)
    for (const json of dropped) final.add(uuidOf(json))
    dropPending(queue, { ...group, events: dropped })
  }
  const left = events.filter((json) => !final.has(uuidOf(json)))
  noteEndpoint(queue, settlement, sent.batch.lease?.at ?? now)
  if (delivered.length > 0) record.refusedAlone = 0
  else if (refused && events.length === 1) record.refusedAlone += 1

  const halves: number[] = []
  let nextAttemptAt = now
  if (left.length === 0) {
    noteSize(queue, batch)
    removeBatch(queue, stored)
  } else if (!mine) {
    unschedule(queue, stored)
    putBatch(queue, stored.id, { ...batch, ...measures(left) }, left)
  } else if (split) {
    if (!refused) record.sizeCap = Math.max(1, Math.floor(batch.count / 2))
    removeBatch(queue, stored)
    const half = split[0].length
    for (const part of [left.slice(0, half), left.slice(half)]) {
      const id = nextId(queue)
      halves.push(id)
      putBatch(queue, id, asHalf(batch, part, newId(), now), part)
    }
  } else {
    const { pause, answered, unreachable } = settlement.kept ?? AT_ONCE
    nextAttemptAt = now + pause.delayMs
    unschedule(queue, stored)
    const { lease: _, ...unleased } = batch
    const waiting: BatchRecord = {
      ...unleased,
      ...measures(left),
      failures: batch.failures + 1,
      answered: batch.answered + (answered ? 1 : 0),
      notBefore: nextAttemptAt,
      fromRetryAfter: pause.fromRetryAfter,
      unreachable,
    }
    putBatch(queue, stored.id, waiting, left.length < events.length ? left : undefined)
  }
  save(queue)
  return {
    delivered,
    drops,
    kept: mine ? left : [],
    nextAttemptAt,
    halves,
    isBlocked: isBlocked(record),
    pending: record.pending,
  }
}

const measures = (events: readonly EventJson[]) => ({ count: events.length, size: sizeOf(events) })

/**
 * Pauses the queue, longer with each failure of the endpoint. The first request that does not fail ends the pause, also
 * one whose events are rejected.
 */
function noteEndpoint(queue: OpenQueue, { endpoint, kept }: Settlement, startedAt: Millis): void {
  const { record, now } = queue
  if (endpoint === 'up') {
    record.failures = 0
    record.instantFailures = 0
    record.pausedUntil = 0
    record.freshAt = 0
    return
  }
  // Requests that are in flight together fail together, which is one failure of the endpoint. The pause doubles with
  // these failures, not with those of a batch, since the next batch to be sent may have failed only once.
  const isNew = startedAt >= record.failedAt || record.failedAt > now
  if (isNew) record.failures += 1
  record.failedAt = now
  if (!kept?.instant) record.instantFailures = 0
  else if (isNew) {
    if (record.instantFailures === 0) record.instantSince = now
    record.instantFailures += 1
  }
  const pause = kept?.pause
  if (!pause) return
  const delayMs = Math.max(pause.delayMs, backoff(record.failures, patient(record)))
  const ofFresh = isBlocked(record) ? delayMs : Math.min(delayMs, FRESH_WAIT_MS)
  const freshMs = pause.fromRetryAfter ? pause.delayMs : ofFresh
  record.pausedUntil = Math.max(waitsUntil(queue, record.pausedUntil), now + delayMs)
  record.freshAt = Math.max(waitsUntil(queue, record.freshAt), now + freshMs)
}

/** Raises the bound on batches after a 413, by one event with each batch of that size that is settled. */
function noteSize({ record }: OpenQueue, batch: BatchRecord): void {
  if (record.sizeCap === 0 || batch.count < record.sizeCap) return
  record.sizeCap += 1
  if (record.sizeCap >= record.config.settings.maxBatchSize) record.sizeCap = 0
}

/**
 * A half of a batch. Each halving makes `notBefore` earlier, so that a half is due before the larger parts of the same
 * whole, and the whole is soon taken apart down to single events. So the queue has asked for few parts by the time that
 * it knows of a server that refuses everything.
 */
function asHalf(batch: BatchRecord, events: EventJson[], requestId: string, now: Millis): BatchRecord {
  const { lease: _, ...rest } = batch
  return {
    ...rest,
    ...measures(events),
    requestId,
    createdAt: now,
    attempt: 0,
    failures: 0,
    answered: 0,
    notBefore: Math.min(batch.notBefore, now) - 1,
    fromRetryAfter: false,
    unreachable: false,
  }
}
