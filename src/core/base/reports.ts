/** The reports of what happens to events, and the reasons for which an event can be dropped. */

import type { Millis } from './ports'

/**
 * Why an event was given up.
 *
 * - `invalid`: `capture` could not make an event of its arguments
 * - `before_send`: a hook returned null, threw, or returned something that is not an event
 * - `too_large`: longer than `maxEventBytes`, or refused with 413 on its own
 * - `queue_full`: `maxQueueSize` or `maxQueueBytes` was reached
 * - `storage_full`: the browser's quota was reached, or pages left more in localStorage than is kept there
 * - `expired`: older than `maxEventAge`, or in a batch with an event that is; or a header of a relay's request was kept
 *   longer than the site allows
 * - `attempts_exhausted`: more than `maxRetries` attempts that were answered with a failure, or timed out
 * - `rejected`: the server refused it for good
 * - `corrupt`: its stored record could not be read
 * - `opted_out`: the person refused, or asked for it to be erased
 * - `replaced`: a later request of a relay had the same key (`dedupe`)
 * - `shutdown`: it was captured after `shutdown`, or the client ended and no host is known to keep it. A worker that
 *   was late to take it may still deliver it
 */
export type DropReason =
  | 'invalid'
  | 'before_send'
  | 'too_large'
  | 'queue_full'
  | 'storage_full'
  | 'expired'
  | 'attempts_exhausted'
  | 'rejected'
  | 'corrupt'
  | 'opted_out'
  | 'replaced'
  | 'shutdown'

/**
 * What a host tells of events, by `type`. `uuids` are the events' ids. `attempt` counts the attempts of a request from
 * 1. `nextAttemptAt` is in ms since the epoch. `cause` and `detail` say why, and `status` is that of the server's
 * answer, if it is the reason. `count` is the number of dropped events, of which some may have no known id.
 */
export type Report =
  | { type: 'queued'; uuids: string[] }
  | { type: 'sending'; uuids: string[]; attempt: number }
  | { type: 'delivered'; uuids: string[] }
  | { type: 'retry'; uuids: string[]; attempt: number; nextAttemptAt: Millis; cause: string }
  | { type: 'drop'; uuids: string[]; count: number; reason: DropReason; detail: string; status?: number }
