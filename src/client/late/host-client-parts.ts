/** Joins the parts of the host client: gives each part what it needs of the others. */

import type { GivenConfig } from '../../core/config/queue-config'
import type { WakeReason } from '../../core/delivery/transport'
import type { PageMessage, PageMessageBody } from '../../core/host/messages'
import type { Ready } from '../types'
import { createAlarm } from './alarm'
import { type AnswerTimeout, createAnswerTimeout } from './answer-timeout'
import { type Calls, createCalls } from './calls'
import { createHandingOver, type HandingOver } from './handing-over'
import type { HostClientPorts } from './host-client-ports'
import { createHostConnection, DISCONNECTED, type HostConnection } from './host-connection'
import { createOutgoing, type Outgoing } from './outgoing'
import { createPostedHandovers } from './posted-handovers'
import { createReceiver, type Receiver } from './receiver'
import { answerWithoutHost } from './results'

export interface HostClientParts {
  hostConnection: HostConnection
  outgoing: Outgoing
  answerTimeout: AnswerTimeout
  calls: Calls
  handingOver: HandingOver
  receiver: Receiver
  wake(reason: WakeReason): void
  /** Asks no host any more. Answers the open questions from what is known here. */
  end(): void
}

/** While something is pending and the host does not say when to wake it, it is woken after this many ms. */
const WAKE_ANYWAY_MS = 30_000

/**
 * @param onReady called with each message of a host, and when there is no host to wait for
 * @param onConnected called for each new host, before its first message
 */
export function createHostClientParts(
  config: GivenConfig,
  ports: HostClientPorts,
  onReady: (ready: Ready) => void,
  onConnected: () => void,
): HostClientParts {
  const { clock, outbox, capture } = ports
  const outgoing = createOutgoing(config, outbox.producer)
  const postedHandovers = createPostedHandovers()
  const wakeAgain = createAlarm(clock, () => wake('due'))
  const hostConnection = createHostConnection({
    ...ports,
    receive: (raw) => receiver.receive(raw),
    isNeeded: () => receiver.pending > 0,
    onChange() {
      outgoing.configured = false
      receiver.instance = undefined
      answerTimeout.missedAnswers = 0
      answerTimeout.expectNothing()
      postedHandovers.clear()
    },
    onConnected() {
      wake('due')
      // Some hundred handovers at once, each a transaction of the host, would keep this page's own writes to the
      // journal waiting for as long.
      handingOver.inTurn()
      calls.repeat()
      answerTimeout.expectAnswer()
      onConnected()
    },
    onDisconnected: answerFromHere,
  })
  const answerTimeout = createAnswerTimeout({
    clock,
    hostConnection,
    isKnown: () => receiver.instance !== undefined,
    isOwed: () => postedHandovers.size > 0 || calls.isOpen,
    failed: () => receiver,
    askAgain() {
      // A host that works on a long flush answers a wake at once, and one that was killed shows a new instance.
      wake('due')
      handingOver.repeat()
      calls.repeat((asked) => asked === undefined)
      calls.missed()
    },
  })
  const calls = createCalls({
    ask,
    instance: () => receiver.instance,
    answerFromHere: (body) => (hostConnection.mayBeAsked ? undefined : answerWithoutHost(outgoing.queue, outbox, body)),
  })
  const handingOver = createHandingOver({ ports, hostConnection, outgoing, postedHandovers, ask })
  const receiver = createReceiver({
    ...{ ports, hostConnection, outgoing, postedHandovers, answerTimeout, handingOver, calls, wake },
    onMessage: ({ host, storage }) => onReady({ host, storage }),
    onRemaining(nextWakeAt) {
      if (hostConnection.channel) ports.onPending?.(hostConnection.channel)
      const ms = nextWakeAt === undefined ? WAKE_ANYWAY_MS : Math.max(0, nextWakeAt - clock.now())
      wakeAgain.set(Math.min(ms, WAKE_ANYWAY_MS))
    },
    onEmpty() {
      if (outbox.count > 0) return
      wakeAgain.cancel()
      capture.isFull = false
      handingOver.letGoOfMemory()
      ports.onEmpty?.()
      hostConnection.goBack()
    },
  })

  function post(body: PageMessageBody): PageMessage {
    const message = outgoing.numbered(body)
    hostConnection.post(message)
    return message
  }

  function ask(body: PageMessageBody): PageMessage {
    const message = post(body)
    answerTimeout.expectAnswer()
    return message
  }

  function wake(reason: WakeReason): void {
    post({ type: 'wake', reason })
  }

  /** Answers all open questions without a host, so that no caller waits for good. */
  function answerFromHere(): void {
    onReady(DISCONNECTED)
    calls.settle((body) => answerWithoutHost(outgoing.queue, outbox, body))
    handingOver.stopWaiting()
  }

  return {
    ...{ hostConnection, outgoing, answerTimeout, calls, handingOver, receiver, wake },
    end() {
      hostConnection.phase = 'ended'
      wakeAgain.cancel()
      answerTimeout.expectNothing()
      answerFromHere()
    },
  }
}
