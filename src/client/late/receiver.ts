/** What the host says, and what follows from each of its messages. */

import type { WakeReason } from '../../core/delivery/transport'
import type { HostMessage } from '../../core/host/messages'
import { parseHostMessage } from '../../core/host/parse-host-message'
import type { Ready } from '../types'
import { ACK_TIMEOUT_MS, type AnswerTimeout } from './answer-timeout'
import type { Calls } from './calls'
import { type HostConnection, STRIKES } from './host-connection'
import type { LinkPorts } from './link-ports'
import type { OpenHandovers } from './open-handovers'
import type { Outgoing } from './outgoing'
import type { Unacknowledged } from './unacknowledged'

export interface ReceiverPorts {
  ports: LinkPorts
  hostConnection: HostConnection
  outgoing: Outgoing
  unacknowledged: Unacknowledged
  answerTimeout: AnswerTimeout
  openHandovers: OpenHandovers
  calls: Calls
  wake(reason: WakeReason): void
  onHeard(from: Ready): void
  /** Something is pending in the queue, and is worked on by `nextWakeAt` where the host says so. */
  onLeft(nextWakeAt?: number): void
  onEmpty(): void
}

export interface Receiver {
  receive(raw: unknown): void
  /** Which life of the host has spoken last, or `undefined` before its first word. Another host is to be set so. */
  instance: string | undefined
  /** When that was. */
  readonly heardAt: number
  /** Events in its queue then. */
  readonly pending: number
  /** Events that hosts refused so far. */
  readonly refusedCount: number
  /** Times in a row that the host could not store what it was given. */
  readonly storageFailures: number
}

type Of<Type extends HostMessage['type']> = Extract<HostMessage, { type: Type }>

/** Of options, from a host: there are no more of them. */
const MAX_WARNINGS = 16

export function createReceiver(parts: ReceiverPorts): Receiver {
  const { ports, hostConnection, outgoing, unacknowledged, answerTimeout, openHandovers, calls, onLeft, onEmpty } =
    parts
  const { clock, capture, warn } = ports
  let warnedOfOptions = false
  let isTroubled = false

  function receive(raw: unknown): void {
    const message = parseHostMessage(raw)
    if (!message || message.queue !== outgoing.queue || hostConnection.phase === 'ended') return
    // A closing client of this page has the same queue and the same worker, which answers the page.
    if (message.id !== 0 && !outgoing.made(message.id)) return
    const { instance } = message
    // A worker that was killed and started again has not heard of what its predecessor was asked.
    const restarted = self.instance !== undefined && instance !== self.instance
    self.instance = instance
    self.heardAt = clock.now()
    if (hostConnection.channel) parts.onHeard(hostConnection.channel)
    if (restarted) calls.repeat((asked) => asked !== instance)
    if (message.type !== 'refused') answerTimeout.silences = 0
    if ('pending' in message) self.pending = message.pending
    const follow = following[message.type] as (message: HostMessage) => void
    follow(message)
    openHandovers.goOn()
    answerTimeout.restart()
  }

  function onCommitted(message: Of<'committed'>): void {
    outgoing.configured = true
    self.storageFailures = 0
    hostConnection.proven()
    openHandovers.onCommitted(message.id)
    for (const { uuids } of message.refused) self.refusedCount += uuids.length
    if (message.refused.some(({ reason }) => reason === 'opted_out')) ports.onOptedOut?.()
    if (message.firstRefusal) {
      capture.full = false
      capture.warnFull()
    }
    if (message.pending > 0) onLeft()
    else onEmpty()
  }

  function onAwake({ pending, warnings, hooked }: Of<'awake'>): void {
    if (!warnedOfOptions) for (const warning of warnings?.slice(0, MAX_WARNINGS) ?? []) warn(warning)
    warnedOfOptions ||= warnings !== undefined
    outgoing.configured = true
    if (hooked !== undefined && hostConnection.channel?.host === 'worker') ports.onHooked?.(hooked)
    if (pending > 0) onLeft()
  }

  function onRest({ pending, nextWakeAt, trouble }: Of<'rest'>): void {
    if (trouble !== undefined && !isTroubled) warn(`the queue cannot be worked on: ${trouble}`)
    isTroubled = trouble !== undefined
    if (pending > 0) onLeft(nextWakeAt)
    else onEmpty()
  }

  function onRefused({ id, reason, detail }: Of<'refused'>): void {
    const askAgain = calls.repeatLater(id)
    const handover = unacknowledged.answered(id)
    if (reason === 'unknown_queue') {
      if (outgoing.configured) tellDeleted()
      outgoing.configured = false
      return openHandovers.repeat()
    }
    self.storageFailures += 1
    // Nothing that is sent again to a host of another version fares better.
    const hopeless = reason === 'version' || reason === 'malformed' || self.storageFailures >= STRIKES
    if (hopeless && hostConnection.channel?.host !== 'memory') return hostConnection.giveUp(`${reason}: ${detail}`)
    if (reason === 'storage_full' && handover) return openHandovers.dropUnstored(handover, detail)
    const pause = clock.timer(ACK_TIMEOUT_MS * 2 ** Math.min(self.storageFailures, STRIKES))
    void pause.done.then(() => {
      if (hostConnection.phase === 'ended') return
      openHandovers.repeat()
      answerTimeout.expectAnswer()
      askAgain()
      // A wake that was refused took up no journal.
      if (!handover) parts.wake('due')
    })
  }

  /** The queue was there before: the visitor cleared the site's data, or the browser did to make room. */
  function tellDeleted(): void {
    const host = hostConnection.channel?.host ?? 'worker'
    const reason = `the stored queue was deleted, and what was pending in it (${self.pending} events at most)`
    warn(`${reason}; going on with a new one`)
    ports.degraded({ from: host, to: host, reason })
  }

  const following: { [Type in HostMessage['type']]: (message: Of<Type>) => void } = {
    committed: onCommitted,
    awake: onAwake,
    rest: onRest,
    flushed: calls.answered,
    stats: calls.answered,
    refused: onRefused,
  }

  const self = {
    receive,
    instance: undefined as string | undefined,
    heardAt: Number.NEGATIVE_INFINITY,
    pending: 0,
    refusedCount: 0,
    storageFailures: 0,
  }
  return self
}
