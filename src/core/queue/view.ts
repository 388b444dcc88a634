/** A read-only view of what a queue holds, for the inspector. No event is sent with the help of this code. */

import type { Stats } from '../base/accounting'
import type { Database, Millis } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import type { EventJson, WireFormat } from '../event/event'
import { LANES, type Lane } from './handover'
import { statsOf } from './queue'
import { parseBatch, parseBody, parseChunk, parseQueue } from './records'

export interface BatchView {
  id: number
  lane: Lane
  format: WireFormat
  count: number
  size: number
  /** Requests made so far. */
  attempt: number
  state: 'sending' | 'waiting'
  /** While the batch waits: the earliest time of its next request. */
  notBefore: Millis
}

export interface EventView {
  json: EventJson
  /** The id of the event's batch. Absent while the event is in no batch yet. */
  batch?: number
}

export interface QueueView {
  key: string
  /** `undefined` where the queue's record is damaged. */
  config: QueueConfig | undefined
  stats: Stats
  inRequest: number
  /** Retries of the whole queue are paused until then, because requests fail. */
  pausedUntil: Millis
  batches: BatchView[]
  /** Events in batches come first, then events in lanes, up to the limit of the view. */
  events: EventView[]
}

/** Views a queue in one transaction, so that the figures fit together: at most `limit` batches and `limit` events. */
export async function viewQueue(db: Database, key: string, limit: number): Promise<QueueView> {
  return db.transact('readonly', async (tx) => {
    const record = parseQueue(await tx.get('queues', [key]))
    const batches: BatchView[] = []
    const events: EventView[] = []
    for (const row of await tx.list('batches', [key], { limit })) {
      const batch = parseBatch(row.value)
      if (!batch) continue
      const id = Number(row.key[1])
      const { lane, format, count, size, attempt, notBefore, lease } = batch
      batches.push({ id, lane, format, count, size, attempt, state: lease ? 'sending' : 'waiting', notBefore })
      if (events.length >= limit) continue
      for (const json of parseBody(await tx.get('bodies', [key, id])) ?? []) events.push({ json, batch: id })
    }
    for (const lane of LANES) {
      if (events.length >= limit) break
      for (const { value } of await tx.list('chunks', [key, lane], { limit })) {
        for (const json of parseChunk(value)?.events ?? []) events.push({ json })
      }
    }
    return {
      key,
      config: record?.config,
      stats: record ? statsOf(record) : { accepted: 0, delivered: 0, pending: 0, dropped: {} },
      inRequest: record?.inRequest ?? 0,
      pausedUntil: record?.pausedUntil ?? 0,
      batches,
      events: events.slice(0, limit),
    }
  })
}
