/** How long a host may be silent that owes an answer, and what follows when it is. */

import type { Clock } from '../../core/base/ports'
import { createAlarm } from './alarm'
import { type HostConnection, STRIKES } from './host-connection'

export interface AnswerTimeoutPorts {
  clock: Clock
  connection: HostConnection
  /** Whether this host has said anything to this page. */
  isKnown(): boolean
  /** Whether anything waits for an answer. */
  isOwed(): boolean
  askAgain(): void
}

export interface AnswerTimeout {
  /** In a row. */
  readonly silences: number
  /** An answer is owed from now on, unless one was owed already. */
  start(): void
  /** The host has answered, and has as long again for the next answer that it owes. */
  restart(): void
  /** The host works: its silences before do not count against it any more. */
  forgive(): void
  /** No answer is expected. */
  stop(): void
}

/** How long the first answer may take, in ms; doubled with each silence. A worker may have to be started first. */
export const ACK_TIMEOUT_MS = 2_000

/**
 * How long in ms a host may take to say its first word to this page. It is trusted with nothing before, and another may do
 * the same work; a worker that is started on a slow machine takes some hundred.
 */
const FIRST_ANSWER_MS = 3_000

export function createAnswerTimeout(ports: AnswerTimeoutPorts): AnswerTimeout {
  const { connection, isKnown, isOwed } = ports
  let silences = 0
  const alarm = createAlarm(ports.clock, missed)

  function missed(): void {
    const mayGiveUp = connection.channel?.host !== 'memory'
    if (!isKnown() && mayGiveUp) return connection.giveUp('no answer')
    if (!isOwed()) return
    silences += 1
    if (silences >= STRIKES && mayGiveUp) return connection.giveUp('no answer')
    ports.askAgain()
  }

  function start(): void {
    if (alarm.isSet || connection.phase !== 'connected') return
    alarm.set(isKnown() ? ACK_TIMEOUT_MS * 2 ** silences : FIRST_ANSWER_MS)
  }

  return {
    get silences() {
      return silences
    },
    start,
    restart() {
      alarm.cancel()
      if (isOwed()) start()
    },
    forgive() {
      silences = 0
    },
    stop: alarm.cancel,
  }
}
