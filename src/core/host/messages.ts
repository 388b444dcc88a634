/** The messages between a page and the host of its queue, with a version. */

import type { Stats } from '../base/accounting'
import type { Millis } from '../base/ports'
import type { GivenConfig } from '../config/queue-config'
import type { News } from '../delivery/endpoint-health'
import type { Flushed } from '../delivery/flush'
import type { WakeReason } from '../delivery/transport'
import type { Refusal } from '../queue/append'
import type { Handover } from '../queue/handover'

/** Raised when a message changes so that the other side could misread it. */
export const MESSAGE_VERSION = 1

/**
 * A message from a page to the host of its queue. The answer carries the same `id`. `quiet`: the page may be entering
 * the back/forward cache, from which any message of a worker would evict it. The worker sends none until the page's
 * next message without `quiet`. What the site gave is unread in a `config` until the host has parsed the
 * message, whose `Config` is a `QueueConfig` then.
 */
export type PageMessage<Config = GivenConfig> = { outlast: number; id: number; queue: string; quiet?: true } & (
  | { type: 'handover'; config?: Config; handover: Handover; urgent: boolean }
  | { type: 'wake'; config?: Config; reason: WakeReason }
  | { type: 'flush'; timeoutMs?: number }
  | { type: 'stats' }
  /**
   * Drops what was captured before `before`, or all; nothing if an erasure as of that moment, or a later one, is done
   * already.
   */
  | { type: 'erase'; before?: Millis }
  /** A flush that ends after `timeoutMs`. A host without durable storage then drops the events that are left. */
  | { type: 'shutdown'; timeoutMs: number }
)

/** A page's message without its envelope. */
export type PageMessageBody = PageMessage extends infer M
  ? M extends PageMessage
    ? Omit<M, 'outlast' | 'id' | 'queue' | 'quiet'>
    : never
  : never

/**
 * A message from the host to a page: the answer to the page's message `id`, or, with the id 0, an unasked `idle` with
 * the queue's idle status, when the host stops working for now. A host that was killed and started again has another
 * `instance`, and knows none of the earlier messages.
 */
export type HostMessage = { outlast: number; id: number; queue: string; instance: string } & (
  | { type: 'committed'; refused: Refusal[]; firstRefusal: boolean; pending: number }
  | { type: 'flushed'; flushed: Flushed }
  | { type: 'stats'; stats: Stats }
  /**
   * `warnings`: unusable settings in the page's message, and losses of the storage. `hooked`: this worker has a
   * `beforeSend`, so no other context may send the queue's events.
   */
  | { type: 'awake'; pending: number; warnings?: string[]; hooked?: boolean }
  | ({ type: 'idle'; pending: number; nextWakeAt?: Millis; blockedBy?: string } & News)
  | { type: 'refused'; reason: RefusalReason; detail: string }
)

/**
 * `unknown_queue` asks for the message again with its config. `version` and `malformed` are final: this host can never
 * take the message. After any other reason the page posts the message again; after `storage_full` it may drop
 * the handover instead.
 */
export type RefusalReason = 'version' | 'malformed' | 'unknown_queue' | 'out_of_order' | 'storage_full' | 'storage'
