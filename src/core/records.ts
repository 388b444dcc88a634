/** The records that a queue keeps, and their parsers: what is stored may be from another version, or damaged. */

import type { Dropped } from './accounting'
import { areEvents } from './are-events'
import { canonicalUuid, type EventJson, type WireFormat } from './event'
import { uuidOf } from './event-json'
import { WIRE_FORMATS } from './formats'
import { LANES, type Lane, parseDropped, skewOf } from './handover'
import { isCount } from './is-count'
import type { Millis } from './ports'
import type { QueueConfig } from './queue-config'
import { readQueueConfig } from './read-queue-config'
import { asRecord } from './values'

/** What waits in a lane. */
export interface LaneState {
  count: number
  size: number
  chunks: number
  /** When the lane was last empty, or last became due: its interval runs from here. */
  since: Millis
  /** Events at the head that became due together and are not yet in a batch. */
  due: number
}

/** A queue as a whole: the counters move in the transaction that moves the events. */
export interface QueueRecord {
  config: QueueConfig
  accepted: number
  delivered: number
  dropped: Dropped
  pending: number
  size: number
  /** Pending events that are in a request now: exempt from `maxQueueSize` (docs/protocol.md §4.4). */
  inRequest: number
  nextId: number
  lanes: Record<Lane, LaneState>
  /** How often in a row the endpoint failed, over all batches, and when it last did. */
  failures: number
  failedAt: Millis
  /** While requests fail, held batches wait for this, */
  pausedUntil: Millis
  /** and events that were in no request yet only for this. */
  freshAt: Millis
  /** Events in a request at most, since the server answered 413; 0 for no such answer. */
  sizeCap: number
  /** Whether the warning of a full queue was given and the queue has not been empty since. */
  full: boolean
}

/** Events accepted together, in order. */
export interface ChunkRecord {
  events: EventJson[]
  format: WireFormat
  at: Millis
  /** As in their handover. */
  skew: Millis
}

/** A batch that was in a request or will be. Its events are in a record of their own. */
export interface BatchRecord {
  lane: Lane
  format: WireFormat
  /** That of all its events. */
  skew: Millis
  requestId: string
  createdAt: Millis
  /** When its oldest events were accepted. */
  at: Millis
  /** The chunk that its first event came from: its place in the order of the queue. */
  from: number
  count: number
  size: number
  /** Requests made so far. */
  attempt: number
  /** Requests that failed in a row, and those of them that were answered. */
  failures: number
  answered: number
  /** While held: not before this. */
  notBefore: Millis
  byServer: boolean
  unreachable: boolean
  /** While in a request: whose. */
  lease?: { sender: string; at: Millis }
}

type Span = readonly [from: number, to: number]

/** The handovers of a producer that were committed: sequence numbers as spans that do not touch, in order. */
export interface ProducerRecord {
  at: Millis
  committed: Span[]
}

/** ECMAScript's dates end here: what is later cannot go on the wire. */
const MAX_TIME = 8.64e15
const isTime = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= MAX_TIME
const isFormat = (value: unknown): value is WireFormat => WIRE_FORMATS.includes(value as WireFormat)
const isLane = (value: unknown): value is Lane => LANES.includes(value as Lane)

export function parseQueue(raw: unknown): QueueRecord | undefined {
  const { config, dropped, lanes, full, ...rest } = asRecord(raw)
  const parsed = readQueueConfig(config)
  const live = parseLane(asRecord(lanes).live)
  const historical = parseLane(asRecord(lanes).historical)
  const counts = ['accepted', 'delivered', 'pending', 'size', 'inRequest', 'nextId', 'failures', 'sizeCap']
  if (!parsed || !live || !historical || !counts.every((name) => isCount(rest[name]))) return undefined
  if (!isTime(rest.pausedUntil) || !isTime(rest.freshAt) || !isTime(rest.failedAt)) return undefined
  // Counters that contradict each other would leave events without anybody who waits for them.
  if (live.count + historical.count > (rest.pending as number)) return undefined
  return {
    ...(rest as unknown as QueueRecord),
    config: parsed,
    dropped: parseDropped(dropped),
    lanes: { live, historical },
    full: full === true,
  }
}

function parseLane(raw: unknown): LaneState | undefined {
  const { count, size, chunks, since, due } = asRecord(raw)
  if (!isCount(count) || !isCount(size) || !isCount(chunks) || !isTime(since) || !isCount(due)) return undefined
  return { count, size, chunks, since, due }
}

export function parseChunk(raw: unknown): ChunkRecord | undefined {
  const { events, format, at, skew } = asRecord(raw)
  if (!isEvents(events) || !isFormat(format) || !isTime(at)) return undefined
  return { events, format, at, skew: skewOf(skew) }
}

function isEvents(value: unknown): value is EventJson[] {
  return areEvents(value) && value.length > 0
}

/** A batch's events, each uuid once: the v1 server refuses a request with a repeated uuid (docs/protocol.md §2.4). */
export function parseBody(raw: unknown): EventJson[] | undefined {
  const { events } = asRecord(raw)
  return isEvents(events) ? [...new Map(events.map((json) => [uuidOf(json), json])).values()] : undefined
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
  return { ...(record as unknown as BatchRecord), skew: skewOf(record.skew) }
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
    accepted: 0,
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
    full: false,
  }
}

/** Whether a handover was committed before, and the record with it committed. Sequence numbers start at 1. */
export function commitHandover(producer: ProducerRecord, seq: number): ProducerRecord | 'seen' {
  if (producer.committed.some(([from, to]) => from <= seq && seq <= to)) return 'seen'
  const before = producer.committed.filter(([, to]) => to < seq - 1)
  const after = producer.committed.filter(([from]) => from > seq + 1)
  const touching = producer.committed.slice(before.length, producer.committed.length - after.length)
  const from = Math.min(seq, ...touching.map(([first]) => first))
  const to = Math.max(seq, ...touching.map(([, last]) => last))
  return { at: producer.at, committed: [...before, [from, to], ...after] }
}
