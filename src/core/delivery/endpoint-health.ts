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
  /** Why requests fail, if the site or its server has to change something first. */
  readonly blockedBy: string | undefined
  /** Requests that ended without a decision on their events. */
  readonly failures: FailureStreak
  /** Requests that did not reach the endpoint. */
  readonly unreachable: FailureStreak
  record(verdict: Verdict): void
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
      blockedBy = isFailure ? verdict.blockedBy : undefined
      failures.note(isFailure)
      unreachable.note(isFailure && !verdict.answered)
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
