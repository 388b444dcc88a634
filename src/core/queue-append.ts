/** Takes a handover into a queue, in one transaction, once however often it is sent. */

import { addDropped, totalDropped } from './accounting'
import type { EventJson } from './event'
import { sizeOf, uuidOf } from './event-json'
import type { Handover } from './handover'
import { enter } from './lanes'
import { MAX_HANDOVER_EVENTS, MAX_OPEN_HANDOVERS, MAX_PRODUCERS } from './limits'
import type { Millis, Transaction } from './ports'
import type { QueueConfig } from './queue-config'
import { nextId, openRows, type Rows, save } from './queue-rows'
import { type ChunkRecord, commitHandover, type ProducerRecord, parseProducer } from './records'
import type { DropReason } from './reports'

export interface Refusal {
  reason: DropReason
  uuids: string[]
}

export type Appended =
  | {
      kind: 'committed'
      /** Whether it was committed by an earlier sending of the same handover. */
      again: boolean
      accepted: string[]
      refused: Refusal[]
      /** Whether this is the first refusal since the queue was last empty: worth one warning. */
      firstRefusal: boolean
      pending: number
    }
  | { kind: 'unknown_queue' }
  | { kind: 'out_of_order' }

export async function append(
  tx: Transaction,
  queue: string,
  config: QueueConfig | undefined,
  handover: Handover,
  now: Millis,
): Promise<Appended> {
  const rows = await openRows(tx, queue, config)
  if (!rows) return { kind: 'unknown_queue' }
  const { record } = rows
  const producer = await readProducer(rows, handover.producer, now)
  const committed = commitHandover(producer, handover.seq)
  if (committed === 'seen') {
    if (config) save(rows)
    return { kind: 'committed', again: true, accepted: [], refused: [], firstRefusal: false, pending: record.pending }
  }
  if (committed.committed.length > MAX_OPEN_HANDOVERS) return { kind: 'out_of_order' }
  tx.put('producers', [queue, handover.producer], { ...committed, at: now })

  const { accepted, refused } = admit(rows, handover.events)
  const firstRefusal = refused.some(({ reason }) => reason === 'queue_full') && !record.full
  record.full ||= firstRefusal
  record.accepted += handover.events.length + totalDropped(handover.dropped)
  addDropped(record.dropped, handover.dropped)
  for (const { reason, uuids } of refused) addDropped(record.dropped, { [reason]: uuids.length })
  for (const events of pieces(accepted, rows)) {
    const size = sizeOf(events)
    enter(record.lanes[handover.lane], events.length, size, now)
    record.pending += events.length
    record.size += size
    const chunk: ChunkRecord = { events, format: handover.format, at: now, skew: handover.skew }
    tx.put('chunks', [queue, handover.lane, nextId(rows)], chunk)
  }
  save(rows)
  const uuids = accepted.map(uuidOf)
  return { kind: 'committed', again: false, accepted: uuids, refused, firstRefusal, pending: record.pending }
}

/** Which events the bounds let in: the head of a handover, when not all of it (protocol.md §4.4). */
function admit({ record }: Rows, events: EventJson[]): { accepted: EventJson[]; refused: Refusal[] } {
  const { maxQueueSize, maxQueueBytes, maxEventBytes } = record.config.settings
  if (record.pending === 0) record.full = false
  const accepted: EventJson[] = []
  const tooLarge: string[] = []
  const noRoom: string[] = []
  let count = record.pending - record.inRequest
  let size = record.size
  for (const json of events) {
    if (json.length > maxEventBytes) {
      tooLarge.push(uuidOf(json))
    } else if (noRoom.length > 0 || count >= maxQueueSize || size + json.length > maxQueueBytes) {
      noRoom.push(uuidOf(json))
    } else {
      accepted.push(json)
      count += 1
      size += json.length
    }
  }
  const refused: Refusal[] = []
  if (tooLarge.length > 0) refused.push({ reason: 'too_large', uuids: tooLarge })
  if (noRoom.length > 0) refused.push({ reason: 'queue_full', uuids: noRoom })
  return { accepted, refused }
}

/** Chunks no larger than a batch, so that taking one never means rewriting a long rest. */
function* pieces(events: EventJson[], { record }: Rows): Generator<EventJson[]> {
  const { maxBatchSize, maxBatchBytes } = record.config.settings
  const most = Math.min(maxBatchSize, MAX_HANDOVER_EVENTS)
  let piece: EventJson[] = []
  let size = 0
  for (const json of events) {
    if (piece.length > 0 && (piece.length >= most || size + json.length > maxBatchBytes)) {
      yield piece
      piece = []
      size = 0
    }
    piece.push(json)
    size += json.length
  }
  if (piece.length > 0) yield piece
}

async function readProducer(rows: Rows, producer: string, now: Millis): Promise<ProducerRecord> {
  const raw = await rows.tx.get('producers', [rows.queue, producer])
  if (raw === undefined) await forgetOldProducers(rows, now)
  return parseProducer(raw)
}

/** A forgotten producer that sends again would deliver twice, with the same uuids: the lesser evil to a full disk. */
async function forgetOldProducers({ tx, queue, record }: Rows, now: Millis): Promise<void> {
  const known = await tx.list('producers', [queue])
  const byAge = known.map(({ key, value }) => ({ key, at: parseProducer(value).at })).sort((a, b) => a.at - b.at)
  const tooMany = byAge.length - (MAX_PRODUCERS - 1)
  for (const [index, { key, at }] of byAge.entries()) {
    if (index < tooMany || now - at > record.config.settings.maxEventAge) tx.delete('producers', key)
  }
}
