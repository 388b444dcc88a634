/** Receives the host's messages, and does what follows from each. */

import type { WakeReason } from '../../core/delivery/transport'
import type { HostMessage } from '../../core/host/messages'
import { parseHostMessage } from '../../core/host/parse-host-message'
import type { Ready } from '../types'
import { ACK_TIMEOUT_MS, type AnswerTimeout } from './answer-timeout'
import type { Calls } from './calls'
import type { HandingOver } from './handing-over'
import type { HostClientPorts } from './host-client-ports'
import { FAIL_OVER_AFTER, type HostConnection } from './host-connection'
import type { Outgoing } from './outgoing'
import type { PostedHandovers } from './posted-handovers'
import { createServerNews } from './server-news'

export interface ReceiverPorts {
  ports: HostClientPorts
  hostConnection: HostConnection
  outgoing: Outgoing
  postedHandovers: PostedHandovers
  answerTimeout: AnswerTimeout
  handingOver: HandingOver
  calls: Calls
  wake(reason: WakeReason): void
  onMessage(from: Ready): void
  /** Events are pending in the queue. The host is to be woken at `nextWakeAt`, where it gives one. */
  onRemaining(nextWakeAt?: number): void
  onEmpty(): void
}

export interface Receiver {
  receive(raw: unknown): void
  /** The `instance` of the host's last message; `undefined` until the first one. */
  instance: string | undefined
  /** When the last message came. */
  readonly lastMessageAt: number
  /** Pending events in the queue, by the last message that counts them. */
  readonly pending: number
  /** Events that hosts have refused so far. */
  readonly refusedCount: number
  /** Handovers and questions in a row that the host failed to store or answer. */
  readonly storageFailures: number
  /** Why the latest of these failed. */
  readonly failure: string
  /** Whether events wait because the endpoint redirects to where they may not go, by the last message on that. */
  readonly isRedirected: boolean
}

type Of<Type extends HostMessage['type']> = Extract<HostMessage, { type: Type }>

/** The most warnings of a host that are logged. */
const MAX_WARNINGS = 16

export function createReceiver(parts: ReceiverPorts): Receiver {
  const { ports, hostConnection, outgoing, postedHandovers, answerTimeout, handingOver, calls, onRemaining, onEmpty } =
    parts
  const { clock, capture, warn } = ports
  const warnedOf = new Set<string>()
  const tell = createServerNews(outgoing.queue, ports.warnOf, ports.isOnline)
  let isBlocked = false
  let wasBlocked = false

  function receive(raw: unknown): void {
    const message = parseHostMessage(raw)
    if (!message || message.queue !== outgoing.queue || hostConnection.phase === 'ended') return
    // A closing client of this page has the same queue and the same worker, which answers the page.
    if (message.id !== 0 && !outgoing.made(message.id)) return
    const { instance } = message
    // A worker that was killed and started again does not know what its predecessor was asked.
    const restarted = self.instance !== undefined && instance !== self.instance
    self.instance = instance
    self.lastMessageAt = clock.now()
    if (hostConnection.channel) parts.onMessage(hostConnection.channel)
    if (restarted) calls.repeat((asked) => asked !== instance)
    if (message.type !== 'refused') answerTimeout.missedAnswers = 0
    if ('pending' in message) self.pending = message.pending
    const follow = following[message.type] as (message: HostMessage) => void
    follow(message)
    handingOver.goOn()
    answerTimeout.restart()
  }

  function onCommitted(message: Of<'committed'>): void {
    outgoing.configured = true
    self.storageFailures = 0
    hostConnection.proven()
    handingOver.onCommitted(message.id)
    for (const { uuids } of message.refused) self.refusedCount += uuids.length
    if (message.refused.some(({ reason }) => reason === 'opted_out')) ports.onOptedOut?.()
    if (message.firstRefusal) {
      capture.isFull = false
      capture.warnFull()
    }
    if (message.pending > 0) onRemaining()
    else onEmpty()
  }

  function onAwake({ pending, warnings, hooked }: Of<'awake'>): void {
    // Each host tells of the options anew, and a later one may also tell of a database that was lost.
    for (const warning of warnings?.slice(0, MAX_WARNINGS) ?? []) {
      if (!warnedOf.has(warning)) warn(warning)
      warnedOf.add(warning)
    }
    outgoing.configured = true
    if (hooked !== undefined && hostConnection.channel?.host === 'worker') ports.onHooked?.(hooked)
    if (pending > 0) onRemaining()
  }

  function onIdle({ pending, nextWakeAt, blockedBy, ...news }: Of<'idle'>): void {
    tell(news)
    if (blockedBy !== undefined && !isBlocked) {
      warn(`events wait: ${blockedBy}`)
      if (!wasBlocked) degradedHere(blockedBy)
      wasBlocked = true
    }
    isBlocked = blockedBy !== undefined
    // Words of `redirects.ts`. Whatever else keeps events waiting is no reason to withhold a beacon.
    self.isRedirected = / redirects/.test(blockedBy ?? '')
    if (pending > 0) onRemaining(nextWakeAt)
    else onEmpty()
  }

  function onRefused({ id, reason, detail }: Of<'refused'>): void {
    const askAgain = calls.repeatLater(id)
    const handover = postedHandovers.answered(id)
    if (reason === 'unknown_queue') {
      if (outgoing.configured) warnOfDeletion()
      outgoing.configured = false
      return handingOver.repeat()
    }
    self.storageFailures += 1
    self.failure = `${reason}: ${detail}`
    // A host of another version would refuse the message again.
    const hopeless = reason === 'version' || reason === 'malformed' || self.storageFailures >= FAIL_OVER_AFTER
    if (hopeless && hostConnection.channel?.host !== 'memory') return hostConnection.failOver(self.failure)
    if (reason === 'storage_full' && handover) {
      // A handover is not told as dropped while it may still be delivered: by another posting that finds room, or from
      // the journal.
      if (postedHandovers.waits(handover)) return
      if (!ports.isKept?.(handover)) return handingOver.dropUnstored(handover, detail)
    }
    const pause = clock.timer(ACK_TIMEOUT_MS * 2 ** Math.min(self.storageFailures, FAIL_OVER_AFTER))
    void pause.done.then(() => {
      if (hostConnection.phase === 'ended') return
      handingOver.repeat()
      answerTimeout.expectAnswer()
      askAgain()
      // A wake that was refused took up no journal.
      if (!handover) parts.wake('due')
    })
  }

  /** Warns that the queue of before is gone: the visitor cleared the site's data, or the browser made room. */
  function warnOfDeletion(): void {
    const reason = `the stored queue was deleted, and what was pending in it (${self.pending} events at most)`
    warn(`${reason}; going on with a new one`)
    degradedHere(reason)
  }

  /** The host stays the same, and does less than it should. */
  function degradedHere(reason: string): void {
    const host = hostConnection.channel?.host ?? 'worker'
    ports.degraded({ from: host, to: host, reason })
  }

  const following: { [Type in HostMessage['type']]: (message: Of<Type>) => void } = {
    committed: onCommitted,
    awake: onAwake,
    idle: onIdle,
    flushed: calls.answered,
    stats: calls.answered,
    refused: onRefused,
  }

  const self = {
    receive,
    instance: undefined as string | undefined,
    lastMessageAt: Number.NEGATIVE_INFINITY,
    pending: 0,
    refusedCount: 0,
    storageFailures: 0,
    failure: '',
    isRedirected: false,
  }
  return self
}
