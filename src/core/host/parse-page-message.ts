/** Parses the messages of pages to a host: a page may be of another version. */

import { isCount } from '../base/is-count'
import { MAX_DELAY, MAX_QUEUE_NAME } from '../base/limits'
import { asRecord, show } from '../base/values'
import { type QueueConfig, queueKey } from '../config/queue-config'
import { readQueueConfig } from '../config/read-queue-config'
import type { WakeReason } from '../delivery/transport'
import { parseHandover } from '../queue/handover'
import { MESSAGE_VERSION, type PageMessage } from './messages'

/** A parsed message. `warnings` name settings in the message that are not usable. */
export type Parsed<T> =
  | { ok: true; message: T; warnings: string[] }
  | { ok: false; reason: 'version' | 'malformed'; detail: string }

/** Parses a message. `undefined` for one that is not outlast's at all. */
export function parsePageMessage(raw: unknown): Parsed<PageMessage<QueueConfig>> | undefined {
  const { outlast, id, queue, type, ...rest } = asRecord(raw)
  if (typeof outlast !== 'number') return undefined
  if (outlast !== MESSAGE_VERSION) {
    return { ok: false, reason: 'version', detail: `a page of version ${outlast}, a host of ${MESSAGE_VERSION}` }
  }
  const malformed = (detail: string) => ({ ok: false, reason: 'malformed', detail }) as const
  if (!isCount(id)) return malformed('id is not a whole number')
  if (typeof queue !== 'string' || queue.length > MAX_QUEUE_NAME) return malformed('queue is not a name')
  const warnings: string[] = []
  const config =
    rest.config === undefined ? undefined : readQueueConfig(rest.config, (warning) => warnings.push(warning))
  if (rest.config !== undefined && (!config || queueKey(config) !== queue)) return malformed('config is not usable')
  const base = { outlast, id, queue, ...(config ? { config } : {}) }
  switch (type) {
    case 'handover': {
      const handover = parseHandover(rest.handover)
      if (!handover) return malformed('handover is not usable')
      return { ok: true, warnings, message: { ...base, type, handover, urgent: rest.urgent === true } }
    }
    case 'wake': {
      const reason = WAKE_REASONS.find((known) => known === rest.reason) ?? 'due'
      return { ok: true, warnings, message: { ...base, type, reason } }
    }
    case 'flush': {
      const { timeoutMs } = rest
      const bounded =
        typeof timeoutMs === 'number' && timeoutMs >= 0 ? { timeoutMs: Math.min(timeoutMs, MAX_DELAY) } : {}
      return { ok: true, warnings, message: { ...base, type, ...bounded } }
    }
    case 'erase': {
      const { before } = rest
      const since = typeof before === 'number' && before > 0 ? { before } : {}
      return { ok: true, warnings, message: { ...base, type, ...since } }
    }
    case 'stats':
      return { ok: true, warnings, message: { ...base, type } }
    case 'shutdown': {
      const { timeoutMs } = rest
      if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) return malformed('timeoutMs is not a number')
      return { ok: true, warnings, message: { ...base, type, timeoutMs: Math.min(timeoutMs, MAX_DELAY) } }
    }
    default:
      return malformed(`type ${show(type)} is not known`)
  }
}

const WAKE_REASONS: readonly WakeReason[] = ['due', 'urgent', 'online']
