/** The records of a queue, and their parsers: a stored record may be of another version, or damaged. */

import type { Dropped } from '../base/accounting'
import { isCount } from '../base/is-count'
import type { Millis } from '../base/ports'
import { asRecord } from '../base/values'
import type { QueueConfig } from '../config/queue-config'
import { readQueueConfig } from '../config/read-queue-config'
import { areEvents } from '../event/codec'
import { canonicalUuid, type EventJson, type WireFormat } from '../event/event'
import { uuidOf } from '../event/event-json'
import { LANES, type Lane, parseDropped, skewOf, WIRE_FORMATS } from './handover'

/** Counters of the events that wait in a lane. */
export interface LaneState {
  count: number
  size: number
  chunks: number
  /** The start of the lane's interval: when the first event came into the empty lane, or when the lane last became due. */
  since: Millis
  /** Events at the head of the lane that became due together and are in no batch yet. */
  due: number
}

/** A queue as a whole: the counters move in the transaction that moves the events. */
export interface QueueRecord {
  config: QueueConfig
  delivered: number
  dropped: Dropped
  pending: number
  size: number
  /** Pending events that are in a request now: exempt from `maxQueueSize` (docs/protocol.md §4.4). */
  inRequest: number
  nextId: number
  lanes: Record<Lane, LaneState>
  /** How often in a row the endpoint failed, over all batches. */
  failures: number
  /** When the endpoint last failed. */
  failedAt: Millis
  /** Retries of waiting batches are paused until then, while requests fail. */
  pausedUntil: Millis
  /** First requests of new events are paused until then, while requests fail. */
  freshAt: Millis
  /**
   * After a 413 the most events in a new batch, raised by each batch of that size that is settled; 0 for no such bound.
   */
  sizeCap: number
  /** How many events in a row the server refused with 400, each alone in its request, while it took no event. */
  refusedAlone: number
  /** Failures in a row that came at once, as a content blocker's do. */
  instantFailures: number
  /** When the first of these instant failures came. */
  instantSince: Millis
  /** Of a relay's queue: the latest chunk of each key by which a later request replaces an earlier one. */
  keys?: [key: string, chunk: number][]
  /** Whether the queue was full and has not been empty since: one warning is enough for that time. */
  full: boolean
}

/** Events accepted together, in order. */
export interface ChunkRecord {
  events: EventJson[]
  format: WireFormat
  /** When the events were accepted. */
  at: Millis
  /** When the last of the events was captured; 0 where that is not known. */
  capturedAt: Millis
  /** The skew of the handover that the events came in. */
  skew: number
}

/** A batch: the events of one request, which are stored in a record of their own. */
export interface BatchRecord {
  lane: Lane
  format: WireFormat
  /** The skew of all events of the batch. */
  skew: number
  requestId: string
  createdAt: Millis
  /** When the oldest events of the batch were accepted. */
  at: Millis
  /** The earliest `capturedAt` of the batch's chunks; 0 where that is not known. */
  capturedAt: Millis
  /** The id of the chunk that the first event came from: the batch's place in the order of the queue. */
  from: number
  count: number
  size: number
  /** Requests made so far. */
  attempt: number
  /** Requests of the batch that failed in a row. */
  failures: number
  /** Failures that count towards `maxRetries`: the server answered, or took too long. */
  answered: number
  /** While the batch waits: the earliest time of its next request. */
  notBefore: Millis
  /** Whether `notBefore` is from a `Retry-After`. */
  fromRetryAfter: boolean
  /** Whether the last request reached no endpoint: the return of the network makes the batch due. */
  unreachable: boolean
  /** While the batch is in a request: the sender of that request, and when it claimed the batch. */
  lease?: Lease
}

export interface Lease {
  sender: string
  at: Millis
}

type Span = readonly [from: number, to: number]

/** The handovers of a producer that were committed: sequence numbers as spans that do not touch, in order. */
export interface ProducerRecord {
  at: Millis
  committed: Span[]
}

/** The latest time of ECMAScript's dates, in ms since the epoch: a later one cannot be written on the wire. */
const MAX_TIME = 8.64e15
const isTime = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= MAX_TIME
const isFormat = (value: unknown): value is WireFormat => WIRE_FORMATS.includes(value as WireFormat)
export const isLane = (value: unknown): value is Lane => LANES.includes(value as Lane)

export function parseQueue(raw: unknown): QueueRecord | undefined {
  const { config, dropped, lanes, full, keys, ...rest } = asRecord(raw)
  const parsed = readQueueConfig(config)
  const live = parseLane(asRecord(lanes).live)
  const historical = parseLane(asRecord(lanes).historical)
  const counts = ['delivered', 'pending', 'size', 'inRequest', 'nextId', 'failures', 'sizeCap']
  if (!parsed || !live || !historical || !counts.every((name) => isCount(rest[name]))) return undefined
  if (!isTime(rest.pausedUntil) || !isTime(rest.freshAt) || !isTime(rest.failedAt)) return undefined
  // With counters that contradict each other, events could stay pending while no lane and no batch is due.
  if (live.count + historical.count > (rest.pending as number)) return undefined
  return {
    ...(rest as unknown as QueueRecord),
    config: parsed,
    dropped: parseDropped(dropped),
    lanes: { live, historical },
    full: full === true,
    ...(Array.isArray(keys) ? { keys: Array.from(keys).filter(isKeyed) } : {}),
    // A record of an earlier version has none of these.
    refusedAlone: isCount(rest.refusedAlone) ? rest.refusedAlone : 0,
    instantFailures: isCount(rest.instantFailures) ? rest.instantFailures : 0,
    instantSince: isTime(rest.instantSince) ? rest.instantSince : 0,
  }
}

const isKeyed = (value: unknown): value is [string, number] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isCount(value[1])

function parseLane(raw: unknown): LaneState | undefined {
  const { count, size, chunks, since, due } = asRecord(raw)
  if (!isCount(count) || !isCount(size) || !isCount(chunks) || !isTime(since) || !isCount(due)) return undefined
  return { count, size, chunks, since, due }
}

export function parseChunk(raw: unknown): ChunkRecord | undefined {
  const { events, format, at, capturedAt, skew } = asRecord(raw)
  if (!isEvents(events) || !isFormat(format) || !isTime(at)) return undefined
  // A stored array may have properties of its own, which would break its methods.
  return { events: [...events], format, at, capturedAt: isTime(capturedAt) ? capturedAt : 0, skew: skewOf(skew) }
}

function isEvents(value: unknown): value is EventJson[] {
  return areEvents(value) && value.length > 0
}

/** A batch's events, each uuid once: the v1 server refuses a request with a repeated uuid (docs/protocol.md §2.4). */
export function parseBody(raw: unknown): EventJson[] | undefined {
  const { events } = asRecord(raw)
  return isEvents(events) ? [...new Map([...events].map((json) => [uuidOf(json), json])).values()] : undefined
}

export function parseBatch(raw: unknown): BatchRecord | undefined {
  const record = asRecord(raw)
  const { lane, format, requestId, createdAt, at, notBefore, lease } = record
  const counts = ['from', 'count', 'size', 'attempt', 'failures', 'answered']
  if (!isLane(lane) || !isFormat(format) || canonicalUuid(requestId) !== requestId) return undefined
  if (![createdAt, at, notBefore].every(isTime) || !counts.every((name) => isCount(record[name]))) return undefined
  if (lease !== undefined) {
    const { sender, at: since } = asRecord(lease)
    if (typeof sender !== 'string' || !isTime(since)) return undefined
  }
  const capturedAt = isTime(record.capturedAt) ? record.capturedAt : 0
  return { ...(record as unknown as BatchRecord), capturedAt, skew: skewOf(record.skew) }
}

export function parseProducer(raw: unknown): ProducerRecord {
  const { at, committed } = asRecord(raw)
  if (!isTime(at) || !Array.isArray(committed) || !Array.from(committed).every(isSpan)) {
    return { at: 0, committed: [] }
  }
  return { at, committed }
}

function isSpan(value: unknown): value is Span {
  const [from, to, ...more] = Array.isArray(value) ? value : []
  return isCount(from) && isCount(to) && from <= to && more.length === 0
}

export const emptyLane = (): LaneState => ({ count: 0, size: 0, chunks: 0, since: 0, due: 0 })

export function newQueue(config: QueueConfig): QueueRecord {
  return {
    config,
    delivered: 0,
    dropped: {},
    pending: 0,
    size: 0,
    inRequest: 0,
    nextId: 1,
    lanes: { live: emptyLane(), historical: emptyLane() },
    failures: 0,
    failedAt: 0,
    pausedUntil: 0,
    freshAt: 0,
    sizeCap: 0,
    refusedAlone: 0,
    instantFailures: 0,
    instantSince: 0,
    full: false,
  }
}

/** Adds a handover to the record, or says `seen` if it was committed before. Sequence numbers start at 1. */
export function commitHandover(producer: ProducerRecord, seq: number): ProducerRecord | 'seen' {
  if (producer.committed.some(([from, to]) => from <= seq && seq <= to)) return 'seen'
  const before = producer.committed.filter(([, to]) => to < seq - 1)
  const after = producer.committed.filter(([from]) => from > seq + 1)
  const touching = producer.committed.slice(before.length, producer.committed.length - after.length)
  const from = Math.min(seq, ...touching.map(([first]) => first))
  const to = Math.max(seq, ...touching.map(([, last]) => last))
  return { at: producer.at, committed: [...before, [from, to], ...after] }
}
