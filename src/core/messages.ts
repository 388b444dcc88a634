/** What a page and the host of its queue say to each other, in messages with a version. */

import type { Stats } from './accounting'
import type { Flushed } from './flush'
import type { Handover } from './handover'
import type { Millis } from './ports'
import type { Refusal } from './queue-append'
import type { QueueConfig } from './queue-config'
import type { WakeReason } from './transport'

/** Raised when a message changes so that the other side could misread it. */
export const MESSAGE_VERSION = 1

/**
 * From a page to the host of its queue. `id` comes back with the answer. A `quiet` one is from a page on its way into
 * the back/forward cache, where anything that a worker says to it would evict it; it listens again with its next word.
 * The settings in a `config` are whatever the site gave: the host reads them.
 */
export type PageMessage = { outlast: number; id: number; queue: string; quiet?: true } & (
  | { type: 'handover'; config?: QueueConfig; handover: Handover; urgent: boolean }
  | { type: 'wake'; config?: QueueConfig; reason: WakeReason }
  | { type: 'flush'; timeoutMs?: number }
  | { type: 'stats' }
  /** Drops what the queue holds from before that moment, wherever it is on its way. Default all. */
  | { type: 'purge'; before?: Millis }
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
  /**
   * `warnings`: what of the settings that came with the question is not usable, and what the storage has lost. `hooked`:
   * this worker has a `beforeSend`, so that nothing may be sent past it.
   */
  | { type: 'awake'; pending: number; warnings?: string[]; hooked?: boolean }
  | { type: 'rest'; pending: number; nextWakeAt?: Millis; trouble?: string }
  | { type: 'refused'; reason: RefusalReason; detail: string }
)

/** `unknown_queue` asks for the message again with its config; the others are final for this message. */
export type RefusalReason = 'version' | 'malformed' | 'unknown_queue' | 'out_of_order' | 'storage_full' | 'storage'
