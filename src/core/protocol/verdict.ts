/** Verdicts: what the outcome of a request means for the events of its batch. */

export type EventVerdict = 'delivered' | 'rejected' | 'retry'

export type Verdict =
  | { kind: 'delivered' }
  | { kind: 'rejected'; status: number; detail: string }
  | { kind: 'too_large'; status: number }
  /**
   * The events are sent again. `answered`: the failure counts towards `maxRetries`, because an endpoint answered or
   * took too long. `online` is false if the return of the network does not end the failure. `blockedBy` says what the
   * site or its server has to change first. `abandoned`: the sender aborted the request, which the server may have taken.
   */
  | {
      kind: 'retry'
      cause: string
      answered: boolean
      online?: false
      retryAfter: string | null
      blockedBy?: string
      abandoned?: boolean
    }
  /** v1: one verdict per event, keyed by uuid. An event without a verdict is delivered (docs/protocol.md §2.6). */
  | { kind: 'partial'; verdicts: ReadonlyMap<string, EventVerdict>; details: string; retryAfter: string | null }

/**
 * Statuses after which a request is sent again (docs/protocol.md §3.1). 520 to 524 are Cloudflare's, for an origin that
 * it could not reach: a first-party proxy often stands behind Cloudflare. 429 is retried in v1 as well, because a
 * durable queue can keep what the server cannot take now.
 */
const RETRYABLE = new Set([408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])

export function verdictOfFailure(status: number, retryAfter: string | null): Verdict {
  if (RETRYABLE.has(status)) return { kind: 'retry', cause: `status ${status}`, answered: true, retryAfter }
  if (status === 413) return { kind: 'too_large', status }
  return { kind: 'rejected', status, detail: `status ${status}` }
}

export const isSuccess = (status: number) => status >= 200 && status < 300
