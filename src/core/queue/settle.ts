/** Settles a batch whose request has ended, in one transaction: its events are delivered, dropped or kept. */

import { FRESH_WAIT_MS } from '../base/limits'
import type { Millis, NewId, Transaction } from '../base/ports'
import type { EventJson } from '../event/event'
import { uuidOf } from '../event/event-json'
import { sizeOf } from '../event/size-of'
import type { ClaimedBatch } from './claim'
import type { BatchRecord } from './records'
import { backoff } from './retry'
import {
  checkBatch,
  dropPending,
  nextId,
  noLongerPending,
  openRows,
  putBatch,
  type Rows,
  readBody,
  removeBatch,
  save,
  unschedule,
  waitsUntil,
} from './rows'
import type { DropGroup, Settlement } from './settlement'

export interface Settled {
  /** Events that are counted as delivered now: none that another sender has settled before. */
  delivered: EventJson[]
  drops: DropGroup[]
  /** Events that stay pending in this sender's batch, to be sent again at `nextAttemptAt`. */
  kept: EventJson[]
  nextAttemptAt: Millis
}

const AT_ONCE = { pause: { delayMs: 0, byServer: false }, answered: false, unreachable: true }

export async function settle(
  tx: Transaction,
  queue: string,
  sent: ClaimedBatch,
  settlement: Settlement,
  now: Millis,
  newId: NewId,
): Promise<Settled> {
  const none: Settled = { delivered: [], drops: [], kept: [], nextAttemptAt: now }
  const [rows, raw] = await Promise.all([openRows(tx, queue), tx.get('batches', [queue, sent.id])])
  if (!rows) return none
  const batch = await checkBatch(rows, sent.id, raw)
  if (!batch) {
    if (rows.drops.length > 0) save(rows)
    return { ...none, drops: rows.drops }
  }
  const held = { id: sent.id, batch }
  const mine = batch.lease?.sender === sent.batch.lease?.sender && batch.attempt === sent.batch.attempt
  // If another sender has settled a part of the batch meanwhile, it has stored the rest, which has fewer events.
  const events = mine && batch.count === sent.events.length ? sent.events : await readBody(rows, held)
  if (!events) {
    save(rows)
    return { ...none, drops: rows.drops }
  }
  // Another sender may have taken the batch over and settled a part of it. A final result counts from either sender;
  // a retry is left to the sender that has the batch now.
  const there = new Set(events.map(uuidOf))
  const still = (some: EventJson[]) => some.filter((json) => there.has(uuidOf(json)))
  const delivered = still(settlement.delivered)
  const final = new Set(delivered.map(uuidOf))
  noLongerPending(rows.record, delivered.length, sizeOf(delivered))
  rows.record.delivered += delivered.length
  for (const group of settlement.dropped) {
    const dropped = still(group.events)
    for (const json of dropped) final.add(uuidOf(json))
    dropPending(rows, { ...group, events: dropped })
  }
  const left = events.filter((json) => !final.has(uuidOf(json)))
  noteEndpoint(rows, settlement, sent.batch.lease?.at ?? now, now)

  let nextAttemptAt = now
  if (left.length === 0) {
    noteSize(rows, batch)
    removeBatch(rows, held)
  } else if (!mine) {
    unschedule(rows, held)
    putBatch(rows, held.id, { ...batch, ...measures(left) }, left)
  } else if (settlement.split) {
    rows.record.sizeCap = Math.max(1, Math.floor(batch.count / 2))
    removeBatch(rows, held)
    const half = settlement.split[0].length
    for (const part of [left.slice(0, half), left.slice(half)]) {
      putBatch(rows, nextId(rows), asNewBatch(batch, part, newId(), now), part)
    }
  } else {
    const { pause, answered, unreachable } = settlement.kept ?? AT_ONCE
    nextAttemptAt = now + pause.delayMs
    unschedule(rows, held)
    const { lease: _, ...unleased } = batch
    const again: BatchRecord = {
      ...unleased,
      ...measures(left),
      failures: batch.failures + 1,
      answered: batch.answered + (answered ? 1 : 0),
      notBefore: nextAttemptAt,
      byServer: pause.byServer,
      unreachable,
    }
    putBatch(rows, held.id, again, left.length < events.length ? left : undefined)
  }
  save(rows)
  return { delivered, drops: rows.drops, kept: mine ? left : [], nextAttemptAt }
}

const measures = (events: readonly EventJson[]) => ({ count: events.length, size: sizeOf(events) })

/** Pauses the queue, longer with each failure of the endpoint. The first request that is taken ends the pause. */
function noteEndpoint(rows: Rows, { endpoint, kept }: Settlement, startedAt: Millis, now: Millis): void {
  const { record } = rows
  if (endpoint === 'up') {
    record.failures = 0
    record.pausedUntil = 0
    record.freshAt = 0
    return
  }
  // Requests that are in flight together fail together, which is one failure of the endpoint. The pause doubles with
  // these failures, not with those of a batch, since the next batch to be sent may have failed only once.
  if (startedAt >= record.failedAt || record.failedAt > now) record.failures += 1
  record.failedAt = now
  const pause = kept?.pause
  if (!pause) return
  const delayMs = Math.max(pause.delayMs, backoff(record.failures, record.config.settings))
  const freshMs = pause.byServer ? pause.delayMs : Math.min(delayMs, FRESH_WAIT_MS)
  record.pausedUntil = Math.max(waitsUntil(record.pausedUntil, rows, now), now + delayMs)
  record.freshAt = Math.max(waitsUntil(record.freshAt, rows, now), now + freshMs)
}

/** Raises the bound on batches after a 413, by one event with each full batch that the server has taken. */
function noteSize({ record }: Rows, batch: BatchRecord): void {
  if (record.sizeCap === 0 || batch.count < record.sizeCap) return
  record.sizeCap += 1
  if (record.sizeCap >= record.config.settings.maxBatchSize) record.sizeCap = 0
}

function asNewBatch(batch: BatchRecord, events: EventJson[], requestId: string, now: Millis): BatchRecord {
  const { lease: _, ...rest } = batch
  return {
    ...rest,
    ...measures(events),
    requestId,
    createdAt: now,
    attempt: 0,
    failures: 0,
    answered: 0,
    notBefore: now,
    byServer: false,
    unreachable: false,
  }
}
