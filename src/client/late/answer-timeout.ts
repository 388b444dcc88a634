/** How long a host may be silent that owes an answer, and what follows when it is. */

import type { Clock } from '../../core/base/ports'
import { createAlarm } from './alarm'
import { FAIL_OVER_AFTER, type HostConnection } from './host-connection'

export interface AnswerTimeoutPorts {
  clock: Clock
  hostConnection: HostConnection
  /** Whether this host has said anything to this page. */
  isKnown(): boolean
  /** Whether anything waits for an answer. */
  isOwed(): boolean
  /** What this host failed to store or answer since it last stored something: how often, and why. */
  failed(): { storageFailures: number; failure: string }
  askAgain(): void
}

export interface AnswerTimeout {
  /** Answers in a row that did not come in time. The receiver sets it to 0 with each message that refuses nothing. */
  missedAnswers: number
  /** An answer is owed from now on, unless one was owed already. */
  expectAnswer(): void
  /** The host has answered, and has as long again for the next answer that it owes. */
  restart(): void
  /** No answer is expected. */
  expectNothing(): void
}

/**
 * How long an answer may take of a host that has spoken to this page before, in ms; doubled with each one missed. A
 * worker may have to be started first.
 */
export const ACK_TIMEOUT_MS = 2_000

/**
 * How long in ms a host may take for its first message to this page. Until then the host is trusted with nothing, and
 * another may do the same work. A worker that is started on a slow machine takes some hundred ms.
 */
const FIRST_ANSWER_MS = 3_000

export function createAnswerTimeout(ports: AnswerTimeoutPorts): AnswerTimeout {
  const { hostConnection } = ports
  const alarm = createAlarm(ports.clock, missed)

  function missed(): void {
    const mayFailOver = hostConnection.channel?.host !== 'memory'
    if (!ports.isKnown() && mayFailOver) return hostConnection.failOver('no answer')
    if (!ports.isOwed()) return
    self.missedAnswers += 1
    const { storageFailures, failure } = ports.failed()
    // A disk that hangs makes a host both late and unable.
    if (self.missedAnswers + storageFailures >= FAIL_OVER_AFTER && mayFailOver) {
      return hostConnection.failOver(storageFailures > 0 ? failure : 'no answer')
    }
    ports.askAgain()
    expectAnswer()
  }

  function expectAnswer(): void {
    if (alarm.isSet || hostConnection.phase !== 'connected') return
    alarm.set(ports.isKnown() ? ACK_TIMEOUT_MS * 2 ** self.missedAnswers : FIRST_ANSWER_MS)
  }

  const self = {
    missedAnswers: 0,
    expectAnswer,
    restart() {
      alarm.cancel()
      if (ports.isOwed()) expectAnswer()
    },
    expectNothing: alarm.cancel,
  }
  return self
}
