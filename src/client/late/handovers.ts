/** Hands over what the outbox has, again and again until the host says what became of it, and tells who has to know. */

import { uuidOf } from '../../core/event/event-json'
import type { PageMessage, PageMessageBody } from '../../core/host/messages'
import type { Handover } from '../../core/queue/handover'
import { cut } from '../first/outbox'
import type { AnswerTimeout } from './answer-timeout'
import type { HostConnection } from './host-connection'
import type { LinkPorts } from './link-ports'
import { committed, refused } from './outbox-settle'
import type { Outgoing } from './outgoing'
import type { Unacknowledged } from './unacknowledged'

export interface HandoversPorts {
  ports: LinkPorts
  connection: HostConnection
  outgoing: Outgoing
  unacknowledged: Unacknowledged
  timeout: AnswerTimeout
  post(body: PageMessageBody): PageMessage
}

export interface Handovers {
  /** Cuts what is new into handovers, and posts those that were never posted, or all that are open. */
  handOver(which?: 'new' | 'open', urgent?: boolean): void
  /** Hands over what is new, unless the host is behind. */
  inTurn(): void
  /** Earlier sendings may still be answered, by a host that is merely slow, and any answer will do. */
  repeat(): void
  /** The host has committed it. */
  commit(handover: Handover): void
  /** No host can store it. */
  drop(handover: Handover, detail: string): void
  /** The host's queue is empty. */
  emptied(): void
  /** Resolves once everything captured so far is committed or dropped. */
  allSettled(): Promise<void>
  /** Resolves those waits, because all is settled or because there is no host that could. */
  stopWaiting(): void
}

/** Handovers that wait for their acknowledgement; what comes after them waits here, to go together. */
const MAX_UNACKNOWLEDGED = 8

export function createHandovers(parts: HandoversPorts): Handovers {
  const { ports, connection, outgoing, unacknowledged, timeout } = parts
  const { outbox, capture, warn } = ports
  /** What a host without storage has taken: where else it is kept it outlasts this page. */
  const inMemory = new Set<Handover>()
  const waiting: (() => void)[] = []
  let warnedOfSpace = false

  function post(handover: Handover, urgent = false): void {
    if (!connection.channel) return
    const { id } = parts.post({ type: 'handover', handover, urgent })
    unacknowledged.add(id, handover)
    timeout.start()
  }

  function handOver(which: 'new' | 'open' = 'new', urgent = false): void {
    const made = cut(outbox)
    if (connection.channel && made.length > 0) ports.onPending?.(connection.channel)
    for (const handover of [...outbox.open])
      if (which === 'open' || !unacknowledged.wasPosted(handover)) post(handover, urgent)
    if (made.length > 0) ports.onHandover?.()
  }

  return {
    handOver,
    /**
     * A host that is behind gets what is captured meanwhile in one handover, which costs it hardly more than one event
     * does: message by message it would fall behind ever further. What was cut meanwhile to be written down waits in turn.
     */
    inTurn() {
      if (outgoing.quiet || outbox.open.size < MAX_UNACKNOWLEDGED) return handOver()
      for (const handover of [...outbox.open].slice(0, MAX_UNACKNOWLEDGED))
        if (!unacknowledged.wasPosted(handover)) post(handover)
    },
    repeat() {
      for (const handover of [...outbox.open]) post(handover)
      timeout.start()
    },
    commit(handover) {
      unacknowledged.settle(handover)
      committed(outbox, handover)
      ports.onCommitted?.(handover)
      if (connection.channel?.storage === 'memory') inMemory.add(handover)
      else ports.onSafe?.([handover])
    },
    drop(handover, detail) {
      unacknowledged.settle(handover)
      refused(outbox, handover, 'storage_full')
      capture.tellDropped('storage_full', detail, handover.events.map(uuidOf))
      if (!warnedOfSpace) warn(`the browser's storage is full (${detail}): events are dropped that it has no room for`)
      warnedOfSpace = true
    },
    emptied() {
      warnedOfSpace = false
      if (inMemory.size > 0) ports.onSafe?.([...inMemory])
      inMemory.clear()
    },
    allSettled() {
      handOver()
      if (!connection.mayBeAsked || outbox.open.size === 0) return Promise.resolve()
      return new Promise((resolve) => waiting.push(resolve))
    },
    stopWaiting() {
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}
