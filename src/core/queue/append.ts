/** Takes handovers into a queue, in one transaction, and each only once if it is sent again. */

import { addDropped } from '../base/accounting'
import { MAX_HANDOVER_EVENTS, MAX_PRODUCERS, MAX_SEQUENCE_GAPS } from '../base/limits'
import type { Millis, Transaction } from '../base/ports'
import type { DropReason } from '../base/reports'
import { EVENT_AGE } from '../config/numbers'
import type { QueueConfig } from '../config/queue-config'
import type { EventJson } from '../event/event'
import { uuidOf } from '../event/event-json'
import { sizeOf } from '../event/size-of'
import { eraseIfOwed } from './erase'
import type { Handover } from './handover'
import { enter } from './lanes'
import { CHOICE_AHEAD_MS, mayBeErased } from './may-be-erased'
import { nextId, type OpenQueue, save } from './open-queue'
import { openQueue, readRules } from './opening'
import { type ChunkRecord, commitHandover, type ProducerRecord, parseProducer } from './records'
import { dropEarlier } from './replace'
import { isRefused, NO_RULES, type Rules } from './rules'
import type { DropGroup } from './settlement'

export interface Refusal {
  reason: DropReason
  uuids: string[]
}

/** What was taken of a handover. */
export interface Taken {
  accepted: string[]
  refused: Refusal[]
  /** Whether this is the first refusal as `queue_full` since the queue was last empty: worth one warning. */
  firstRefusal: boolean
}

export type Appended =
  | (Taken & {
      kind: 'committed'
      pending: number
      /** Events that left the queue on the way: erased, replaced by a later request of their key, or damaged. */
      drops: DropGroup[]
    })
  | { kind: 'unknown_queue' }
  | { kind: 'out_of_order' }

/** A handover to append. */
export interface Given {
  /** The queue's config, if the handover's page has told it with this message. */
  config: QueueConfig | undefined
  handover: Handover
  now: Millis
}

/**
 * Appends handovers in one transaction.
 *
 * @param onBegun called once the transaction has begun; it may add handovers to `given`
 */
export async function appendAll(
  tx: Transaction,
  key: string,
  given: Given[],
  onBegun: () => void,
): Promise<Appended[]> {
  const appended: Appended[] = []
  let queue: OpenQueue | undefined
  let rules = NO_RULES
  let changed = false
  for (const [index, { config, handover, now }] of given.entries()) {
    const step = { tx, key, now }
    if (queue && config) queue.record.config = config
    if (!queue) {
      ;[queue, rules] = await Promise.all([openQueue(step, config), readRules(step)])
      if (queue) await eraseIfOwed(queue, rules)
    }
    if (index === 0) onBegun()
    if (!queue) {
      appended.push({ kind: 'unknown_queue' })
      continue
    }
    const taken = await take({ ...queue, ...step }, rules, handover)
    changed ||= config !== undefined || typeof taken === 'object'
    appended.push(reportOf(queue, taken))
  }
  if (queue && (changed || rules.eraseOwed)) save(queue)
  return appended
}

function reportOf({ record, drops }: OpenQueue, taken: Taken | 'seen' | 'out_of_order'): Appended {
  if (taken === 'out_of_order') return { kind: 'out_of_order' }
  const { accepted, refused, firstRefusal } = taken === 'seen' ? NOTHING_TAKEN : taken
  // Drops are reported once, with the first handover that is committed.
  const pending = record.pending
  return { kind: 'committed', accepted, refused, firstRefusal, pending, drops: drops.splice(0) }
}

const NOTHING_TAKEN: Taken = { accepted: [], refused: [], firstRefusal: false }

/**
 * Takes a handover into the open queue; the caller saves the queue's record. `seen`: the handover was taken before.
 * `out_of_order`: its producer has left too many gaps in its sequence.
 */
export async function take(
  queue: OpenQueue,
  rules: Rules,
  handover: Handover,
): Promise<Taken | 'seen' | 'out_of_order'> {
  const { tx, key, record, now } = queue
  const producer = await readProducer(queue, handover.producer)
  const committed = commitHandover(producer, handover.seq)
  if (committed === 'seen') return 'seen'
  if (committed.committed.length > MAX_SEQUENCE_GAPS) return 'out_of_order'
  const known = { ...committed, at: now }
  tx.put('producers', [key, handover.producer], known)
  queue.producers.set(handover.producer, known)

  // The present choice counts where the moment of capture says nothing: it is not known, or the clock was set back
  // behind a refusal. Neither does such a moment tell whether the event is from before an erasure.
  const isComparable = handover.at && !(rules.refused && now + CHOICE_AHEAD_MS < rules.at)
  const capturedAt = isComparable ? handover.at : Number.POSITIVE_INFINITY
  const isUnwanted = isRefused(rules, capturedAt) || mayBeErased(rules, capturedAt, now)
  const { accepted, refused } = isUnwanted ? refuseAll(handover.events) : admit(queue, handover.events)
  const firstRefusal = refused.some(({ reason }) => reason === 'queue_full') && !record.full
  record.full ||= firstRefusal
  addDropped(record.dropped, handover.dropped)
  for (const { reason, uuids } of refused) addDropped(record.dropped, { [reason]: uuids.length })
  for (const events of pieces(queue, accepted)) {
    const size = sizeOf(events)
    enter(record.lanes[handover.lane], events.length, size, now)
    record.pending += events.length
    record.size += size
    const { format, at: capturedAt, skew } = handover
    const chunk: ChunkRecord = { events, format, at: now, capturedAt, skew }
    const id = nextId(queue)
    tx.put('chunks', [key, handover.lane, id], chunk)
    if (record.config.relay && events[0] !== undefined) await dropEarlier(queue, handover.lane, id, events[0])
  }
  return { accepted: accepted.map(uuidOf), refused, firstRefusal }
}

/** Refuses all events: the person opted out, perhaps in another tab, of which the handover's page had not heard. */
function refuseAll(events: EventJson[]): ReturnType<typeof admit> {
  return { accepted: [], refused: events.length > 0 ? [{ reason: 'opted_out', uuids: events.map(uuidOf) }] : [] }
}

/** Accepts events until a bound is reached: of a handover that does not fit, its head (docs/protocol.md §4.4). */
function admit({ record }: OpenQueue, events: EventJson[]): { accepted: EventJson[]; refused: Refusal[] } {
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
function* pieces({ record }: OpenQueue, events: EventJson[]): Generator<EventJson[]> {
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
async function readProducer(queue: OpenQueue, producer: string): Promise<ProducerRecord> {
  const known = queue.producers.get(producer)
  if (known) return known
  const raw = await queue.tx.get('producers', [queue.key, producer])
  if (raw === undefined) await forgetOldProducers(queue)
  const read = parseProducer(raw)
  queue.producers.set(producer, read)
  return read
}

/**
 * Deletes the records of producers that are too old or too many. A `maxEventAge` below the default shortens nothing
 * here: a page may come back from the back/forward cache after its events have expired, and hands over again what it
 * has no answer for. A deleted producer that sends a handover again delivers its events twice, under the same uuids,
 * which does less harm than a full disk.
 */
async function forgetOldProducers({ tx, key, record, now }: OpenQueue): Promise<void> {
  const rows = await tx.list('producers', [key])
  const byAge = rows.map((row) => ({ row: row.key, at: parseProducer(row.value).at })).sort((a, b) => a.at - b.at)
  const oldest = Math.max(record.config.settings.maxEventAge, EVENT_AGE[0])
  const tooMany = byAge.length - (MAX_PRODUCERS - 1)
  for (const [index, { row, at }] of byAge.entries()) {
    if (index < tooMany || now - at > oldest) tx.delete('producers', row)
  }
}
