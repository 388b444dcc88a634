/** The handovers of this page whose fate is open: posted again and again until the host says what became of each. */

import { uuidOf } from '../../core/event/event-json'
import type { PageMessage, PageMessageBody } from '../../core/host/messages'
import type { Handover } from '../../core/queue/handover'
import { cut } from '../first/outbox'
import type { HostConnection } from './host-connection'
import type { AfterChoices, LinkPorts } from './link-ports'
import { committed, refused } from './outbox-settle'
import type { Outgoing } from './outgoing'
import type { Unacknowledged } from './unacknowledged'

export interface OpenHandoversPorts {
  ports: LinkPorts
  hostConnection: HostConnection
  outgoing: Outgoing
  unacknowledged: Unacknowledged
  /** Posts a message that has an answer, and expects it. */
  ask(body: PageMessageBody): PageMessage
}

export interface OpenHandovers {
  /**
   * Cuts what is new into handovers, and posts those that this host was not given. `urgent`: posts all that are open, to
   * be sent at once.
   */
  handOver(urgent?: boolean): void
  /** Hands over what is new, unless the host is behind. */
  inTurn(): void
  /** Earlier sendings may still be answered, by a host that is merely slow, and any answer will do. */
  repeat(): void
  /** A word of the host has come in, and there may be more to hand over. */
  goOn(): void
  /** The host has committed what was posted under this id. */
  onCommitted(id: number): void
  /** No host can store it. */
  dropUnstored(handover: Handover, detail: string): void
  /** Nothing is pending with the host any more: what its memory had need not be kept elsewhere either. */
  letGoOfMemory(): void
  /** Resolves once everything captured so far is committed or dropped. */
  allHandedOver(): Promise<void>
  /** Resolves what `allHandedOver` returned so far: everything is settled, or there is no host to settle it. */
  stopWaiting(): void
}

/** Handovers that wait for their acknowledgement; what comes after them waits here, to go together. */
const MAX_UNACKNOWLEDGED = 8

export function createOpenHandovers(parts: OpenHandoversPorts): OpenHandovers {
  const { ports, hostConnection, outgoing, unacknowledged, ask } = parts
  const { outbox, capture, warn } = ports
  /** What a host without storage has taken: where else it is kept it outlasts this page. */
  const inMemory = new Set<Handover>()
  const waiting: (() => void)[] = []
  let warnedOfSpace = false
  let waitsForChoices = false

  function post(handover: Handover, urgent = false): void {
    if (!hostConnection.channel) return
    if (!unacknowledged.wasPosted(handover) && ports.choices?.isSettled() === false) return postLater(ports.choices)
    const { id } = ask({ type: 'handover', handover, urgent })
    unacknowledged.add(id, handover)
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
    for (const handover of [...outbox.open]) if (urgent || !unacknowledged.isGiven(handover)) post(handover, urgent)
    if (made.length > 0) ports.onHandover?.()
  }

  /**
   * A host that is behind gets what is captured meanwhile in one handover, which costs it hardly more than one event
   * does: message by message it would fall behind ever further. What was cut meanwhile to be written down waits in turn.
   */
  function inTurn(): void {
    if (outgoing.quiet || outbox.open.size < MAX_UNACKNOWLEDGED) return handOver()
    for (const handover of [...outbox.open].slice(0, MAX_UNACKNOWLEDGED))
      if (!unacknowledged.isGiven(handover)) post(handover)
  }

  function stopWaiting(): void {
    for (const resolve of waiting.splice(0)) resolve()
  }

  return {
    handOver,
    inTurn,
    repeat() {
      for (const handover of [...outbox.open]) post(handover)
    },
    goOn() {
      if (outbox.fresh.length > 0 || outbox.open.size > unacknowledged.size) inTurn()
      if (outbox.open.size === 0) stopWaiting()
    },
    onCommitted(id) {
      const handover = unacknowledged.answered(id)
      if (!handover) return
      unacknowledged.forget(handover)
      committed(outbox, handover)
      ports.onCommitted?.(handover)
      if (hostConnection.channel?.storage === 'memory') inMemory.add(handover)
      else ports.onSafe?.([handover])
    },
    dropUnstored(handover, detail) {
      unacknowledged.forget(handover)
      refused(outbox, handover, 'storage_full')
      capture.tellDropped('storage_full', detail, handover.events.map(uuidOf))
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
      if (!hostConnection.mayBeAsked || outbox.open.size === 0) return Promise.resolve()
      return new Promise((resolve) => waiting.push(resolve))
    },
    stopWaiting,
  }
}
