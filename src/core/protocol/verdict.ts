/** Verdicts: what the outcome of a request means for the events of its batch. */

import type { SendOutcome } from '../base/ports'

export type EventVerdict = 'delivered' | 'rejected' | 'retry'

export type Verdict =
  | { kind: 'delivered' }
  | { kind: 'rejected'; status: number; detail: string }
  | { kind: 'too_large'; status: number }
  /** What is stored may not be sent as a request: it is damaged, or was kept for as long as it may be. */
  | { kind: 'unfit'; reason: 'corrupt' | 'expired'; detail: string }
  /**
   * The events are sent again. `answered`: the failure counts towards `maxRetries`, because an endpoint answered or
   * took too long. `online` is false if the return of the network does not end the failure. `blockedBy` says what the
   * site or its server has to change first. `abandoned`: the sender aborted the request, which the server may have
   * taken. `instant`: the request failed at once, as one does that a content blocker stops.
   */
  | {
      kind: 'retry'
      cause: string
      answered: boolean
      online?: false
      retryAfter: string | null
      blockedBy?: string
      abandoned?: boolean
      instant?: boolean
    }
  /** v1: one verdict per event, keyed by uuid. An event without a verdict is delivered (docs/protocol.md §2.6). */
  | { kind: 'partial'; verdicts: ReadonlyMap<string, EventVerdict>; details: string; retryAfter: string | null }

/**
 * Statuses below 500 after which a request is sent again (docs/protocol.md §3.1). 429 is retried in v1 as well, because
 * a durable queue can keep what the server cannot take now. So is every status from 500 on: an endpoint in repair, or a
 * proxy before it, answers with any of them.
 */
const RETRYABLE = new Set([408, 425, 429])

/** A captive portal's own status, "Network Authentication Required" (RFC 6585 §6): the endpoint was not asked. */
const PORTAL = 511

/**
 * The status of a server that refuses a whole batch for one event in it. Such a batch is halved to find that event
 * (docs/protocol.md §3.4), as one that is too large is after a 413.
 */
export const BAD_REQUEST = 400

/** The most of a server's own words that a report repeats, in characters. */
const MAX_SAID = 200

export function verdictOfFailure(reply: Extract<SendOutcome, { kind: 'reply' | 'reply_too_long' }>): Verdict {
  const { status } = reply
  const { retryAfter, body } = reply.kind === 'reply' ? reply : { retryAfter: null, body: '' }
  if (RETRYABLE.has(status) || (status >= 500 && status < 600)) {
    return { kind: 'retry', cause: `status ${status}`, answered: status !== PORTAL, retryAfter }
  }
  if (status === 413) return { kind: 'too_large', status }
  const said = body.trim().slice(0, MAX_SAID)
  return { kind: 'rejected', status, detail: `status ${status}${said && `: ${said}`}` }
}

export const isSuccess = (status: number) => status >= 200 && status < 300
