/** The parts of the line to the host of the queue, joined: what each of them needs of the others. */

import type { QueueConfig } from '../../core/config/queue-config'
import type { WakeReason } from '../../core/delivery/transport'
import type { PageMessage, PageMessageBody } from '../../core/host/messages'
import type { Ready } from '../types'
import { createAlarm } from './alarm'
import { type AnswerTimeout, createAnswerTimeout } from './answer-timeout'
import { type Calls, createCalls } from './calls'
import { createHostConnection, type HostConnection, UNHOSTED } from './host-connection'
import type { LinkPorts } from './link-ports'
import { createOpenHandovers, type OpenHandovers } from './open-handovers'
import { createOutgoing, type Outgoing } from './outgoing'
import { createReceiver, type Receiver } from './receiver'
import { answerWithoutHost } from './results'
import { createUnacknowledged } from './unacknowledged'

export interface Line {
  hostConnection: HostConnection
  outgoing: Outgoing
  answerTimeout: AnswerTimeout
  calls: Calls
  openHandovers: OpenHandovers
  receiver: Receiver
  wake(reason: WakeReason): void
  /** No host is asked any more. What was asked and not answered is answered from what is known here. */
  end(): void
}

/** While something is pending and the host does not say when to wake it, it is woken after this many ms. */
const WAKE_ANYWAY_MS = 30_000

/**
 * @param onReady told of each word of a host, and that there is none to wait for
 * @param onConnected told of each host, before its first word
 */
export function createLine(
  config: QueueConfig,
  ports: LinkPorts,
  onReady: (ready: Ready) => void,
  onConnected: () => void,
): Line {
  const { clock, outbox, capture } = ports
  const outgoing = createOutgoing(config, outbox.producer)
  const unacknowledged = createUnacknowledged()
  const wakeAgain = createAlarm(clock, () => wake('due'))
  const hostConnection = createHostConnection({
    ...ports,
    receive: (raw) => receiver.receive(raw),
    isNeeded: () => receiver.pending > 0,
    onChange() {
      outgoing.configured = false
      receiver.instance = undefined
      answerTimeout.silences = 0
      answerTimeout.expectNothing()
      unacknowledged.clear()
    },
    onConnected() {
      wake('due')
      // Some hundred handovers at once, each a transaction of the host, would keep this page's own writes to the journal
      // waiting for as long.
      openHandovers.inTurn()
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
    isOwed: () => unacknowledged.size > 0 || calls.open > 0,
    askAgain() {
      // A host that works on a long flush answers a wake at once, and one that was killed shows a new instance.
      wake('due')
      openHandovers.repeat()
      calls.repeat((asked) => asked === undefined)
      calls.missed()
    },
  })
  const calls = createCalls({
    ask,
    instance: () => receiver.instance,
    answerFromHere: (body) => (hostConnection.mayBeAsked ? undefined : answerWithoutHost(outgoing.queue, outbox, body)),
  })
  const openHandovers = createOpenHandovers({ ports, hostConnection, outgoing, unacknowledged, ask })
  const receiver = createReceiver({
    ...{ ports, hostConnection, outgoing, unacknowledged, answerTimeout, openHandovers, calls, wake },
    onHeard: ({ host, storage }) => onReady({ host, storage }),
    onLeft(nextWakeAt) {
      if (hostConnection.channel) ports.onPending?.(hostConnection.channel)
      const ms = nextWakeAt === undefined ? WAKE_ANYWAY_MS : Math.max(0, nextWakeAt - clock.now())
      wakeAgain.set(Math.min(ms, WAKE_ANYWAY_MS))
    },
    onEmpty() {
      if (outbox.count > 0) return
      wakeAgain.cancel()
      capture.full = false
      openHandovers.letGoOfMemory()
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

  /** A caller that waits for an answer gets one in the end, whatever the host does. */
  function answerFromHere(): void {
    onReady(UNHOSTED)
    calls.settle((body) => answerWithoutHost(outgoing.queue, outbox, body))
    openHandovers.stopWaiting()
  }

  return {
    ...{ hostConnection, outgoing, answerTimeout, calls, openHandovers, receiver, wake },
    end() {
      hostConnection.phase = 'ended'
      wakeAgain.cancel()
      answerTimeout.expectNothing()
      answerFromHere()
    },
  }
}
