/** What a page and the host of its queue say to each other, and the parsers: either side may be of another version. */

import { type Stats, totalDropped } from './accounting'
import { areEvents, type WireFormat } from './event'
import type { Flushed } from './flush'
import { MAX_DELAY, MAX_HANDOVER_DROPS, MAX_HANDOVER_EVENTS, MAX_QUEUE_NAME } from './limits'
import type { Millis } from './ports'
import type { Handover, Refusal } from './queue-append'
import { isCount, LANES, type Lane, parseDropped } from './records'
import { DROP_REASONS } from './reports'
import { asRecord, type QueueConfig, queueKey, readQueueConfig, show, WIRE_FORMATS } from './settings'
import type { WakeReason } from './transport'

/** Raised when a message changes so that the other side could misread it. */
export const MESSAGE_VERSION = 1

/**
 * From a page to the host of its queue. `id` comes back with the answer. A `quiet` one is from a page on its way into
 * the back/forward cache, where anything that a worker says to it would evict it; it listens again with its next word.
 */
export type PageMessage = { outlast: number; id: number; queue: string; quiet?: true } & (
  | { type: 'handover'; config?: QueueConfig; handover: Handover; urgent: boolean }
  | { type: 'wake'; config?: QueueConfig; reason: WakeReason }
  | { type: 'flush'; timeoutMs?: number }
  | { type: 'stats' }
  /** Drops everything in the queue, wherever it is on its way. */
  | { type: 'purge' }
  /** Like a flush that ends in time; what a host without durable storage then still holds is dropped. */
  | { type: 'shutdown'; timeoutMs: number }
)

/** A page's message without its envelope. */
export type PageMessageBody = PageMessage extends infer M
  ? M extends PageMessage
    ? Omit<M, 'outlast' | 'id' | 'queue' | 'quiet'>
    : never
  : never

/**
 * From the host to a page: the answer to its message `id`, or unasked (id 0) `rest`: it stops working for now.
 * `instance` is another one once the host was killed and started again: what it was asked before is then forgotten.
 */
export type HostMessage = { outlast: number; id: number; queue: string; instance: string } & (
  | { type: 'committed'; refused: Refusal[]; firstRefusal: boolean; pending: number }
  | { type: 'flushed'; flushed: Flushed }
  | { type: 'stats'; stats: Stats }
  | { type: 'awake'; pending: number }
  | { type: 'rest'; pending: number; nextWakeAt?: Millis; trouble?: string }
  | { type: 'refused'; reason: RefusalReason; detail: string }
)

/** `unknown_queue` asks for the message again with its config; the others are final for this message. */
export type RefusalReason = 'version' | 'malformed' | 'unknown_queue' | 'out_of_order' | 'storage_full' | 'storage'

export type Parsed<T> = { ok: true; message: T } | { ok: false; reason: 'version' | 'malformed'; detail: string }

/** `undefined` for what is not outlast's at all. */
export function parsePageMessage(raw: unknown): Parsed<PageMessage> | undefined {
  const { outlast, id, queue, type, ...rest } = asRecord(raw)
  if (typeof outlast !== 'number') return undefined
  if (outlast !== MESSAGE_VERSION) {
    return { ok: false, reason: 'version', detail: `a page of version ${outlast}, a host of ${MESSAGE_VERSION}` }
  }
  const malformed = (detail: string) => ({ ok: false, reason: 'malformed', detail }) as const
  if (!isId(id)) return malformed('id is not a whole number')
  if (typeof queue !== 'string' || queue.length > MAX_QUEUE_NAME) return malformed('queue is not a name')
  const config = rest.config === undefined ? undefined : readQueueConfig(rest.config)
  if (rest.config !== undefined && (!config || queueKey(config) !== queue)) return malformed('config is not usable')
  const base = { outlast, id, queue, ...(config ? { config } : {}) }
  switch (type) {
    case 'handover': {
      const handover = parseHandover(rest.handover)
      if (!handover) return malformed('handover is not usable')
      return { ok: true, message: { ...base, type, handover, urgent: rest.urgent === true } }
    }
    case 'wake': {
      const reason = WAKE_REASONS.find((known) => known === rest.reason) ?? 'due'
      return { ok: true, message: { ...base, type, reason } }
    }
    case 'flush': {
      const { timeoutMs } = rest
      const bounded =
        typeof timeoutMs === 'number' && timeoutMs >= 0 ? { timeoutMs: Math.min(timeoutMs, MAX_DELAY) } : {}
      return { ok: true, message: { ...base, type, ...bounded } }
    }
    case 'stats':
    case 'purge':
      return { ok: true, message: { ...base, type } }
    case 'shutdown': {
      const { timeoutMs } = rest
      if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) return malformed('timeoutMs is not a number')
      return { ok: true, message: { ...base, type, timeoutMs: Math.min(timeoutMs, MAX_DELAY) } }
    }
    default:
      return malformed(`type ${show(type)} is not known`)
  }
}

const WAKE_REASONS: readonly WakeReason[] = ['due', 'urgent', 'online']

/** A handover from a message or from a page's spilled ones. */
export function parseHandover(raw: unknown): Handover | undefined {
  const { producer, seq, lane, format, events, dropped } = asRecord(raw)
  if (typeof producer !== 'string' || producer.length === 0 || producer.length > 64) return undefined
  if (!isId(seq) || seq === 0 || !LANES.includes(lane as Lane) || !WIRE_FORMATS.includes(format as WireFormat)) {
    return undefined
  }
  if (!Array.isArray(events) || events.length > MAX_HANDOVER_EVENTS || !areEvents(events)) return undefined
  const drops = parseDropped(dropped)
  if (totalDropped(drops) > MAX_HANDOVER_DROPS) return undefined
  return {
    producer,
    seq,
    lane: lane as Lane,
    format: format as WireFormat,
    events,
    dropped: drops,
  }
}

/**
 * Only what a page relies on is checked: the host runs this library's code, of this or of another version. That it
 * speaks another one is a message that every version understands.
 */
export function parseHostMessage(raw: unknown): HostMessage | undefined {
  const message = asRecord(raw)
  const { outlast, id, queue, type, instance } = message
  const isOtherVersion = typeof outlast === 'number' && type === 'refused' && message.reason === 'version'
  if ((outlast !== MESSAGE_VERSION && !isOtherVersion) || !isId(id) || typeof queue !== 'string') return undefined
  if (typeof instance !== 'string') return undefined
  return typeof type === 'string' && isAnswer(type, message) ? (raw as HostMessage) : undefined
}

function isAnswer(type: string, message: Record<string, unknown>): boolean {
  switch (type) {
    case 'committed':
      return isCount(message.pending) && Array.isArray(message.refused) && Array.from(message.refused).every(isRefusal)
    case 'flushed':
      return haveCounts(message.flushed, ['delivered', 'pending', 'dropped'])
    case 'stats': {
      const { dropped } = asRecord(message.stats)
      const counted = DROP_REASONS.every((reason) => isCount(asRecord(dropped)[reason] ?? 0))
      return counted && haveCounts(message.stats, ['accepted', 'delivered', 'pending'])
    }
    case 'awake':
      return isCount(message.pending)
    case 'rest': {
      const { pending, nextWakeAt, trouble } = message
      const timed = nextWakeAt === undefined || Number.isFinite(nextWakeAt)
      return isCount(pending) && timed && (trouble === undefined || typeof trouble === 'string')
    }
    case 'refused':
      return typeof message.reason === 'string' && typeof message.detail === 'string'
    default:
      return false
  }
}

function isRefusal(value: unknown): boolean {
  const { reason, uuids } = asRecord(value)
  return typeof reason === 'string' && Array.isArray(uuids)
}

const haveCounts = (value: unknown, names: string[]) => names.every((name) => isCount(asRecord(value)[name]))

export const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
