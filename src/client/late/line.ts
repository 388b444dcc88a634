/** The parts of the line to the host of the queue, joined: what each of them needs of the others. */

import type { QueueConfig } from '../../core/config/queue-config'
import type { WakeReason } from '../../core/delivery/transport'
import type { PageMessage, PageMessageBody } from '../../core/host/messages'
import type { Ready } from '../types'
import { createAlarm } from './alarm'
import { type AnswerTimeout, createAnswerTimeout } from './answer-timeout'
import { type Calls, createCalls } from './calls'
import { createHandovers, type Handovers } from './handovers'
import { createHostConnection, type HostConnection, UNHOSTED } from './host-connection'
import type { LinkPorts } from './link-ports'
import { createOutgoing, type Outgoing } from './outgoing'
import { createReceiver, type Receiver } from './receiver'
import { answerWithoutHost } from './results'
import { createUnacknowledged } from './unacknowledged'

export interface LinePorts extends LinkPorts {
  /** Told of each word of a host, and that there is none to wait for. */
  onReady(ready: Ready): void
  onConnected(): void
}

export interface Line {
  connection: HostConnection
  outgoing: Outgoing
  timeout: AnswerTimeout
  calls: Calls
  handovers: Handovers
  receiver: Receiver
  wake(reason: WakeReason): void
  /** Says everything again that has no answer. */
  repeatAll(urgent?: boolean): void
  /** No host is asked any more. What was asked and not answered is answered from what is known here. */
  end(): void
}

/** While something is pending and the host does not say when to wake it, it is woken after this many ms. */
const WAKE_ANYWAY_MS = 30_000

export function createLine(config: QueueConfig, ports: LinePorts): Line {
  const { clock, outbox, capture } = ports
  const outgoing = createOutgoing(config, outbox.producer)
  const unacknowledged = createUnacknowledged()
  const wakeAgain = createAlarm(clock, () => wake('due'))
  const connection = createHostConnection({
    ...ports,
    receive: (raw) => receiver.receive(raw),
    isNeeded: () => receiver.pending > 0,
    onChange() {
      outgoing.configured = false
      receiver.reset()
      timeout.forgive()
      timeout.stop()
      unacknowledged.clear()
    },
    onConnected() {
      wake('due')
      repeatAll()
      timeout.start()
      ports.onConnected()
    },
    onDisconnected: answerFromHere,
  })
  const timeout = createAnswerTimeout({
    clock,
    connection,
    isKnown: () => receiver.instance !== undefined,
    isOwed: () => unacknowledged.size > 0 || calls.open > 0,
    askAgain() {
      // A host that works on a long flush answers a wake at once, and one that was killed shows a new instance.
      wake('due')
      handovers.repeat()
      calls.repeat((asked) => asked === undefined)
      calls.missed()
    },
  })
  const calls = createCalls({
    post,
    instance: () => receiver.instance,
    answerFromHere: (body) => (connection.mayBeAsked ? undefined : answerWithoutHost(outgoing.queue, outbox, body)),
    onAsked: timeout.start,
  })
  const handovers = createHandovers({ ports, connection, outgoing, unacknowledged, timeout, post })
  const receiver = createReceiver({
    ...{ ports, connection, outgoing, unacknowledged, timeout, handovers, calls },
    onHeard: ({ host, storage }) => ports.onReady({ host, storage }),
    onLeft(nextWakeAt) {
      if (connection.channel) ports.onPending?.(connection.channel)
      const ms = nextWakeAt === undefined ? WAKE_ANYWAY_MS : Math.max(0, nextWakeAt - clock.now())
      wakeAgain.set(Math.min(ms, WAKE_ANYWAY_MS))
    },
    onEmpty() {
      if (outbox.count > 0) return
      wakeAgain.cancel()
      capture.full = false
      handovers.emptied()
      ports.onEmpty?.()
      connection.goBack()
    },
  })

  function post(body: PageMessageBody): PageMessage {
    const message = outgoing.message(body)
    connection.post(message)
    return message
  }

  function wake(reason: WakeReason): void {
    post({ type: 'wake', reason })
  }

  function repeatAll(urgent = false): void {
    handovers.handOver('open', urgent)
    calls.repeat(() => true)
  }

  /** Nobody waits for an answer for ever. */
  function answerFromHere(): void {
    ports.onReady(UNHOSTED)
    calls.settle((body) => answerWithoutHost(outgoing.queue, outbox, body))
    handovers.stopWaiting()
  }

  return {
    ...{ connection, outgoing, timeout, calls, handovers, receiver, wake, repeatAll },
    end() {
      connection.end()
      wakeAgain.cancel()
      timeout.stop()
      answerFromHere()
    },
  }
}
