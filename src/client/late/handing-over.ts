/** Hands over the outbox's events: posts each handover until a host says what became of it. */

import { uuidOf } from '../../core/event/event-json'
import type { PageMessage, PageMessageBody } from '../../core/host/messages'
import type { Handover } from '../../core/queue/handover'
import { cut } from '../first/outbox'
import type { AfterChoices, HostClientPorts } from './host-client-ports'
import type { HostConnection } from './host-connection'
import { committed, eraseHandovers, refused } from './outbox-settle'
import type { Outgoing } from './outgoing'
import { type PostedHandovers, wasPosted } from './posted-handovers'

export interface HandingOverPorts {
  ports: HostClientPorts
  hostConnection: HostConnection
  outgoing: Outgoing
  postedHandovers: PostedHandovers
  /** Posts a message that has an answer, and expects it. */
  ask(body: PageMessageBody): PageMessage
}

export interface HandingOver {
  /**
   * Cuts unsent events into handovers, and posts those that this host was not given. `urgent`: posts all unacknowledged
   * ones, to be sent at once.
   */
  handOver(urgent?: boolean): void
  /** Hands over what is new, unless the host is behind. */
  inTurn(): void
  /** Posts all unacknowledged handovers again. A slow host may still answer an earlier posting, which counts too. */
  repeat(): void
  /** The host has sent a message: hands over what may have waited for it. */
  goOn(): void
  /** The host has committed the handover that was posted under this id. */
  onCommitted(id: number): void
  /** Drops a handover that no host can store. */
  dropUnstored(handover: Handover, detail: string): void
  /** The host has nothing pending: handovers that its memory had need not be kept elsewhere either. */
  letGoOfMemory(): void
  /** Resolves once everything captured so far is committed or dropped. */
  allHandedOver(): Promise<void>
  /** Resolves what `allHandedOver` returned so far: everything is settled, or there is no host to settle it. */
  stopWaiting(): void
}

/** The most unacknowledged handovers before later events wait, to go in one handover. */
const MAX_UNACKNOWLEDGED = 8

export function createHandingOver(parts: HandingOverPorts): HandingOver {
  const { ports, hostConnection, outgoing, postedHandovers, ask } = parts
  const { outbox, capture, warn } = ports
  /** Handovers that a host without storage has committed: their copies in the journal outlast this page. */
  const inMemory = new Set<Handover>()
  /**
   * The callers that wait, each for the handovers up to a number: a page that captures without pause always has later
   * ones.
   */
  const waiting: { last: number; resolve: () => void }[] = []
  let warnedOfSpace = false
  let waitsForChoices = false

  function post(handover: Handover, urgent = false): void {
    const { channel } = hostConnection
    if (!channel) return
    const isNew = !wasPosted(handover)
    if (isNew && ports.choices?.isSettled() === false) return postLater(ports.choices)
    if (isNew && channel.storage === 'memory' && ports.isRefused?.(handover)) {
      // The handover itself is posted all the same: its number is the next one, and it reports what is dropped.
      const uuids = eraseHandovers(outbox, (one) => one === handover)
      capture.emitDrop('opted_out', 'captured before the person refused', uuids)
    }
    const { id } = ask({ type: 'handover', handover, urgent })
    postedHandovers.add(id, handover)
  }

  function postLater(choices: AfterChoices): void {
    if (waitsForChoices) return
    waitsForChoices = true
    void choices.settled().then(() => {
      waitsForChoices = false
      if (hostConnection.phase !== 'ended') inTurn()
    })
  }

  function handOver(urgent = false): void {
    const made = cut(outbox)
    if (hostConnection.channel && made.length > 0) ports.onPending?.(hostConnection.channel)
    for (const handover of [...outbox.unacknowledged])
      if (urgent || !postedHandovers.isGiven(handover)) post(handover, urgent)
    if (made.length > 0) ports.onHandover?.()
  }

  /**
   * A host that is behind gets what is captured meanwhile in one handover, which costs it hardly more than one event
   * does: message by message it would fall behind ever further. What was cut meanwhile to be written down waits in
   * turn.
   */
  function inTurn(): void {
    if (outgoing.quiet || outbox.unacknowledged.size < MAX_UNACKNOWLEDGED) return handOver()
    for (const handover of [...outbox.unacknowledged].slice(0, MAX_UNACKNOWLEDGED))
      if (!postedHandovers.isGiven(handover)) post(handover)
  }

  /** @param open the number of the oldest handover whose end is still to be waited for */
  function stopWaiting(open = Number.POSITIVE_INFINITY): void {
    for (const one of waiting.splice(0)) {
      if (one.last >= open) waiting.push(one)
      else one.resolve()
    }
  }

  return {
    handOver,
    inTurn,
    repeat() {
      for (const handover of [...outbox.unacknowledged]) post(handover)
    },
    goOn() {
      if (outbox.unsent.length > 0 || outbox.unacknowledged.size > postedHandovers.size) inTurn()
      const [oldest] = outbox.unacknowledged
      stopWaiting(oldest?.seq)
    },
    onCommitted(id) {
      const handover = postedHandovers.answered(id)
      if (!handover) return
      postedHandovers.forget(handover)
      committed(outbox, handover)
      ports.onCommitted?.(handover)
      if (hostConnection.channel?.storage === 'memory') inMemory.add(handover)
      else ports.onSafe?.([handover])
    },
    dropUnstored(handover, detail) {
      postedHandovers.forget(handover)
      refused(outbox, handover, 'storage_full')
      capture.emitDrop('storage_full', detail, handover.events.map(uuidOf))
      if (!warnedOfSpace) warn(`the browser's storage is full (${detail}): events are dropped that it has no room for`)
      warnedOfSpace = true
    },
    letGoOfMemory() {
      warnedOfSpace = false
      if (inMemory.size > 0) ports.onSafe?.([...inMemory])
      inMemory.clear()
    },
    allHandedOver() {
      handOver()
      if (!hostConnection.mayBeAsked || outbox.unacknowledged.size === 0) return Promise.resolve()
      return new Promise((resolve) => waiting.push({ last: outbox.seq, resolve }))
    },
    stopWaiting,
  }
}
