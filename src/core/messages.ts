/** What a page and the host of its queue say to each other, and the parsers: either side may be of another version. */

import type { Stats } from './accounting'
import type { EventJson, WireFormat } from './event'
import { isEventJson } from './event'
import type { Flushed } from './flush'
import { MAX_DELAY, MAX_HANDOVER_EVENTS } from './limits'
import type { Millis } from './ports'
import type { Handover, Refusal } from './queue-append'
import { LANES, type Lane, parseDropped } from './records'
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
  if (outlast !== MESSAGE_VERSION) return { ok: false, reason: 'version', detail: `message version ${outlast}` }
  const malformed = (detail: string) => ({ ok: false, reason: 'malformed', detail }) as const
  if (!isId(id)) return malformed('id is not a whole number')
  if (typeof queue !== 'string' || queue.length > 2_300) return malformed('queue is not a name')
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
  if (!Array.isArray(events) || events.length > MAX_HANDOVER_EVENTS || !events.every(isEventJson)) return undefined
  return {
    producer,
    seq,
    lane: lane as Lane,
    format: format as WireFormat,
    events: events as EventJson[],
    dropped: parseDropped(dropped),
  }
}

/** Only what a page relies on is checked: the host runs this library's code, of this or of another version. */
export function parseHostMessage(raw: unknown): HostMessage | undefined {
  const message = asRecord(raw)
  const { outlast, id, queue, type, instance } = message
  if (outlast !== MESSAGE_VERSION || !isId(id) || typeof queue !== 'string') return undefined
  if (typeof instance !== 'string') return undefined
  const shapes: Record<string, boolean> = {
    committed: Array.isArray(message.refused) && typeof message.pending === 'number',
    flushed: typeof message.flushed === 'object' && message.flushed !== null,
    stats: typeof message.stats === 'object' && message.stats !== null,
    awake: typeof message.pending === 'number',
    rest: typeof message.pending === 'number',
    refused: typeof message.reason === 'string',
  }
  return typeof type === 'string' && shapes[type] === true ? (raw as HostMessage) : undefined
}

export const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
