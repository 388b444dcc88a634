/** Takes a handover into a queue, in one transaction, and only once if the handover is sent again. */

import { addDropped, totalDropped } from '../base/accounting'
import { MAX_HANDOVER_EVENTS, MAX_OPEN_HANDOVERS, MAX_PRODUCERS } from '../base/limits'
import type { Millis, Transaction } from '../base/ports'
import type { DropReason } from '../base/reports'
import type { QueueConfig } from '../config/queue-config'
import type { EventJson } from '../event/event'
import { uuidOf } from '../event/event-json'
import { sizeOf } from '../event/size-of'
import { eraseIfOwed } from './erase'
import type { Handover } from './handover'
import { enter } from './lanes'
import { type ChunkRecord, commitHandover, type ProducerRecord, parseProducer } from './records'
import { nextId, openRows, type Rows, readRules, save } from './rows'
import { isRefused, type Rules } from './rules'
import type { DropGroup } from './settlement'

export interface Refusal {
  reason: DropReason
  uuids: string[]
}

export type Appended =
  | {
      kind: 'committed'
      /** Whether the handover is a repetition, and was committed before. */
      again: boolean
      accepted: string[]
      refused: Refusal[]
      /** Whether this is the first refusal since the queue was last empty: worth one warning. */
      firstRefusal: boolean
      pending: number
      /** Events that were dropped by an erasure that was owed. */
      drops: DropGroup[]
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
  const [rows, rules] = await Promise.all([openRows(tx, queue, config), readRules(tx, queue)])
  if (!rows) return { kind: 'unknown_queue' }
  await eraseIfOwed(rows, rules)
  const taken = await take(rows, rules, handover, now)
  if (taken === 'out_of_order') return { kind: 'out_of_order' }
  if (!taken.again || config || rows.drops.length > 0) save(rows)
  return { kind: 'committed', ...taken, pending: rows.record.pending, drops: rows.drops }
}

export type Taken = Omit<Extract<Appended, { kind: 'committed' }>, 'kind' | 'pending' | 'drops'>

/** Takes a handover into the open queue, unless it was taken before. The caller saves the queue's record. */
export async function take(rows: Rows, rules: Rules, handover: Handover, now: Millis): Promise<Taken | 'out_of_order'> {
  const { tx, queue, record } = rows
  const producer = await readProducer(rows, handover.producer, now)
  const committed = commitHandover(producer, handover.seq)
  if (committed === 'seen') return { again: true, accepted: [], refused: [], firstRefusal: false }
  if (committed.committed.length > MAX_OPEN_HANDOVERS) return 'out_of_order'
  const known = { ...committed, at: now }
  tx.put('producers', [queue, handover.producer], known)
  rows.producers.set(handover.producer, known)

  // Where the moment of capture is not known, the present choice counts.
  const { accepted, refused } = isRefused(rules, handover.at || Number.POSITIVE_INFINITY)
    ? refuseAll(handover.events)
    : admit(rows, handover.events)
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
  return { again: false, accepted: accepted.map(uuidOf), refused, firstRefusal }
}

/** Refuses all events: the person opted out, perhaps in another tab, of which the handover's page had not heard. */
function refuseAll(events: EventJson[]): ReturnType<typeof admit> {
  return { accepted: [], refused: events.length > 0 ? [{ reason: 'opted_out', uuids: events.map(uuidOf) }] : [] }
}

/** Accepts events until a bound is reached: of a handover that does not fit, its head (docs/protocol.md §4.4). */
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

/** Cuts events into chunks no larger than a batch, so that forming a batch never rewrites a long rest of a chunk. */
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

/** Reads a producer's record, once in a transaction however many handovers it takes: reads of the disk are slow. */
async function readProducer(rows: Rows, producer: string, now: Millis): Promise<ProducerRecord> {
  const known = rows.producers.get(producer)
  if (known) return known
  const raw = await rows.tx.get('producers', [rows.queue, producer])
  if (raw === undefined) await forgetOldProducers(rows, now)
  const read = parseProducer(raw)
  rows.producers.set(producer, read)
  return read
}

/**
 * Deletes the records of producers that are too old or too many. A deleted producer that sends a handover again
 * delivers its events twice, under the same uuids, which does less harm than a full disk.
 */
async function forgetOldProducers({ tx, queue, record }: Rows, now: Millis): Promise<void> {
  const known = await tx.list('producers', [queue])
  const byAge = known.map(({ key, value }) => ({ key, at: parseProducer(value).at })).sort((a, b) => a.at - b.at)
  const tooMany = byAge.length - (MAX_PRODUCERS - 1)
  for (const [index, { key, at }] of byAge.entries()) {
    if (index < tooMany || now - at > record.config.settings.maxEventAge) tx.delete('producers', key)
  }
}
