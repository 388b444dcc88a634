/** What the host says, and what follows from each of its messages. */

import type { HostMessage } from '../../core/host/messages'
import { parseHostMessage } from '../../core/host/parse-host-message'
import type { Ready } from '../types'
import { ACK_TIMEOUT_MS, type AnswerTimeout } from './answer-timeout'
import type { Calls } from './calls'
import type { Handovers } from './handovers'
import { type HostConnection, STRIKES } from './host-connection'
import type { LinkPorts } from './link-ports'
import type { Outgoing } from './outgoing'
import type { Unacknowledged } from './unacknowledged'

export interface ReceiverPorts {
  ports: LinkPorts
  connection: HostConnection
  outgoing: Outgoing
  unacknowledged: Unacknowledged
  timeout: AnswerTimeout
  handovers: Handovers
  calls: Calls
  onHeard(from: Ready): void
  /** Something is pending in the queue, and is worked on by `nextWakeAt` where the host says so. */
  onLeft(nextWakeAt?: number): void
  onEmpty(): void
}

export interface Receiver {
  receive(raw: unknown): void
  /** Which life of the host has spoken last, or `undefined` before its first word. */
  readonly instance: string | undefined
  /** When that was. */
  readonly heardAt: number
  /** Events in its queue then. */
  readonly pending: number
  /** Events that hosts refused so far. */
  readonly refused: number
  /** Times in a row that the host could not store what it was given. */
  readonly failures: number
  /** Another host is listened to from now on. */
  reset(): void
}

type Of<Type extends HostMessage['type']> = Extract<HostMessage, { type: Type }>

/** Of options, from a host: there are no more of them. */
const MAX_WARNINGS = 16

export function createReceiver(parts: ReceiverPorts): Receiver {
  const { ports, connection, outgoing, unacknowledged, timeout, handovers, calls, onLeft, onEmpty } = parts
  const { clock, outbox, capture, warn } = ports
  const warned = { ofOptions: false, ofTrouble: false }

  function receive(raw: unknown): void {
    const message = parseHostMessage(raw)
    if (!message || message.queue !== outgoing.queue || connection.phase === 'ended') return
    // A closing client of this page has the same queue and the same worker, which answers the page.
    if (message.id !== 0 && !outgoing.made(message.id)) return
    const { instance } = message
    // A worker that was killed and started again has not heard of what its predecessor was asked.
    const restarted = self.instance !== undefined && instance !== self.instance
    self.instance = instance
    self.heardAt = clock.now()
    if (connection.channel) parts.onHeard(connection.channel)
    if (restarted) calls.repeat((asked) => asked !== instance)
    if (message.type !== 'refused') timeout.forgive()
    if ('pending' in message) self.pending = message.pending
    follow(message)
    if (outbox.fresh.length > 0 || outbox.open.size > unacknowledged.size) handovers.inTurn()
    timeout.restart()
    if (outbox.open.size === 0) handovers.stopWaiting()
  }

  function follow(message: HostMessage): void {
    switch (message.type) {
      case 'committed':
        return onCommitted(message)
      case 'awake':
        return onAwake(message)
      case 'rest':
        return onRest(message)
      case 'flushed':
      case 'stats':
        return calls.answered(message)
      case 'refused':
        return onRefused(message)
    }
  }

  function onCommitted({ id, refused, firstRefusal, pending }: Of<'committed'>): void {
    outgoing.configured = true
    self.failures = 0
    connection.proven()
    const handover = unacknowledged.take(id)
    if (handover) handovers.commit(handover)
    for (const { uuids } of refused) self.refused += uuids.length
    if (refused.some(({ reason }) => reason === 'opted_out')) ports.onOptedOut?.()
    if (firstRefusal) {
      capture.full = false
      capture.warnFull()
    }
    if (pending > 0) onLeft()
    else onEmpty()
  }

  function onAwake({ pending, warnings, hooked }: Of<'awake'>): void {
    if (!warned.ofOptions) for (const warning of warnings?.slice(0, MAX_WARNINGS) ?? []) warn(warning)
    warned.ofOptions ||= warnings !== undefined
    outgoing.configured = true
    if (hooked !== undefined && connection.channel?.host === 'worker') ports.onHooked?.(hooked)
    if (pending > 0) onLeft()
  }

  function onRest({ pending, nextWakeAt, trouble }: Of<'rest'>): void {
    if (trouble !== undefined && !warned.ofTrouble) warn(`the queue cannot be worked on: ${trouble}`)
    warned.ofTrouble = trouble !== undefined
    if (pending > 0) onLeft(nextWakeAt)
    else onEmpty()
  }

  function onRefused({ id, reason, detail }: Of<'refused'>): void {
    const askAgain = calls.repeatLater(id)
    const handover = unacknowledged.take(id)
    if (reason === 'unknown_queue') {
      if (outgoing.configured) tellDeleted()
      outgoing.configured = false
      return handovers.repeat()
    }
    self.failures += 1
    // Nothing that is sent again to a host of another version fares better.
    const hopeless = reason === 'version' || reason === 'malformed' || self.failures >= STRIKES
    if (hopeless && connection.channel?.host !== 'memory') return connection.giveUp(`${reason}: ${detail}`)
    if (reason === 'storage_full' && handover) return handovers.drop(handover, detail)
    const pause = clock.timer(ACK_TIMEOUT_MS * 2 ** Math.min(self.failures, STRIKES))
    void pause.done.then(() => {
      if (connection.phase === 'ended') return
      handovers.repeat()
      askAgain()
    })
  }

  /** The queue was there before: somebody cleared the site's data, or the browser did to make room. */
  function tellDeleted(): void {
    const host = connection.channel?.host ?? 'worker'
    const reason = `the stored queue was deleted, and what was pending in it (${self.pending} events at most)`
    warn(`${reason}; going on with a new one`)
    ports.degraded({ from: host, to: host, reason })
  }

  const self = {
    receive,
    instance: undefined as string | undefined,
    heardAt: Number.NEGATIVE_INFINITY,
    pending: 0,
    refused: 0,
    failures: 0,
    reset() {
      self.instance = undefined
    },
  }
  return self
}
