/** How the endpoint has taken the latest requests of one transport. */

import type { Verdict } from '../protocol/verdict'

/** Failed requests in a row after which an urgent wake or a flush leaves the rest for later. */
const FAILED_ENOUGH = 3

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
  record(verdict: Verdict): void
  /** Requests to that host have failed at once for so long that something on the device must stop them. */
  stopped(host: string): void
}

export function createEndpointHealth(): EndpointHealth {
  const failures = createStreak()
  const unreachable = createStreak()
  let blockedBy: string | undefined
  return {
    get blockedBy() {
      return blockedBy
    },
    failures,
    unreachable,
    record(verdict) {
      const isFailure = verdict.kind === 'retry'
      // What stops requests on the device goes on until a request fails otherwise, or does not fail.
      if (!isFailure || !verdict.instant) blockedBy = isFailure ? verdict.blockedBy : undefined
      failures.note(isFailure)
      unreachable.note(isFailure && !verdict.answered)
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
