/** How the endpoint has taken the latest requests of one transport. */

import type { Millis } from '../base/ports'
import type { Verdict } from '../protocol/verdict'

/** Failed requests in a row after which an urgent wake or a flush leaves the rest for later. */
const FAILED_ENOUGH = 3

/**
 * No answer to any request for this many ms is worth telling: a network that fails for a moment is back by
 * then, and a host that does not exist is not.
 */
const SILENT_ENOUGH_MS = 5_000

/** Errors of the server for this many ms, and nothing else, are worth telling: a deployment takes less. */
const FAILING_ENOUGH_MS = 30_000

/** What a site's developer has to be told, since only the site can change it. */
export interface News {
  /** Why the server refused events for good. */
  refusedBy?: string
  /**
   * How all requests have failed for a while: without an answer, as where the host does not exist, or with errors of
   * the server.
   */
  unanswered?: string
}

/** The number of requests in a row that failed in one way. */
export interface FailureStreak {
  /** Whether so many requests failed that the next one is not worth its attempt. */
  isLong(): boolean
  /** Starts counting anew. */
  reset(): void
}

export interface EndpointHealth {
  /** Why requests fail, if the site, its server or the visitor has to change something first. */
  readonly blockedBy: string | undefined
  /** Requests that ended without a decision on their events. */
  readonly failures: FailureStreak
  /** Requests that did not reach the endpoint. */
  readonly unreachable: FailureStreak
  record(verdict: Verdict, now: Millis): void
  /** The server refused events for good. */
  refused(detail: string): void
  /** What is new since the last call. */
  news(): News
  /** Requests to that host have failed at once for so long that something on the device must stop them. */
  stopped(host: string): void
}

export function createEndpointHealth(): EndpointHealth {
  const failures = createStreak()
  const unreachable = createStreak()
  let blockedBy: string | undefined
  /** Since when requests have failed in one way and in no other: with errors of the server, or without an answer. */
  let trouble: { isError: boolean; since: Millis } | undefined
  let untold: News = {}

  function noteTrouble(verdict: Verdict, now: Millis): void {
    const cause = verdict.kind === 'retry' && !verdict.abandoned && verdict.blockedBy === undefined ? verdict.cause : ''
    const isError = /^status 5/.test(cause)
    if (!isError && !/^(unreachable|timeout)/.test(cause)) {
      trouble = undefined
      return
    }
    if (trouble?.isError !== isError) trouble = { isError, since: now }
    if (Math.abs(now - trouble.since) >= (isError ? FAILING_ENOUGH_MS : SILENT_ENOUGH_MS)) untold.unanswered = cause
  }

  return {
    get blockedBy() {
      return blockedBy
    },
    failures,
    unreachable,
    record(verdict, now) {
      const isFailure = verdict.kind === 'retry'
      // A block on the device counts until a request fails in another way, or does not fail.
      if (!isFailure || !verdict.instant) blockedBy = isFailure ? verdict.blockedBy : undefined
      failures.note(isFailure)
      unreachable.note(isFailure && !verdict.answered)
      noteTrouble(verdict, now)
    },
    refused(detail) {
      untold.refusedBy = detail
    },
    news() {
      const news = untold
      untold = {}
      return news
    },
    stopped(host) {
      blockedBy = `requests to ${host} fail at once, as where a content blocker stops them; see docs/proxy.md for a way past it`
    },
  }
}

function createStreak(): FailureStreak & { note(isFailure: boolean): void } {
  let count = 0
  return {
    isLong: () => count >= FAILED_ENOUGH,
    reset() {
      count = 0
    },
    note(isFailure) {
      count = isFailure ? count + 1 : 0
    },
  }
}
