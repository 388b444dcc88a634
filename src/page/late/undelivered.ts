/** Handovers that the host in this page has stored and whose delivery is not known yet: page exit sends them. */

import type { Emitter } from '../../client/first/emitter'
import type { OutlastEvents } from '../../client/types'
import type { Millis } from '../../core/base/ports'
import { uuidOf } from '../../core/event/event-json'
import { sizeOf } from '../../core/event/size-of'
import type { Handover } from '../../core/queue/handover'
import type { Reports } from './reports'

export interface Undelivered {
  readonly handovers: ReadonlySet<Handover>
  add(handover: Handover): void
  /**
   * Forgets the handovers from before that moment, or all: they are erased, or the page has them in its outbox again.
   */
  clear(before?: Millis): void
}

/** Characters of events that a page may send as it goes: beacons share 64 KiB. */
const MAX_UNDELIVERED = 65_536

export function trackUndelivered(reports: Reports, emitter: Emitter<OutlastEvents>): Undelivered {
  const handovers = new Set<Handover>()
  let size = 0
  let watching = false

  function watch(): void {
    watching = true
    // Another tab may deliver these events too.
    reports.start()
    for (const name of ['delivered', 'drop'] as const) emitter.on(name, forget)
  }

  function forget({ uuids }: { uuids: string[] }): void {
    const settled = new Set(uuids)
    for (const handover of handovers) {
      const left = handover.events.filter((json) => !settled.has(uuidOf(json)))
      if (left.length === handover.events.length) continue
      size -= sizeOf(handover.events) - sizeOf(left)
      handover.events = left
      if (left.length === 0) handovers.delete(handover)
    }
  }

  return {
    handovers,
    clear(before = Number.POSITIVE_INFINITY) {
      for (const handover of handovers) {
        if (handover.at >= before) continue
        size -= sizeOf(handover.events)
        handovers.delete(handover)
      }
    },
    add(handover) {
      if (!watching) watch()
      handovers.add(handover)
      size += sizeOf(handover.events)
      for (const oldest of handovers) {
        if (size <= MAX_UNDELIVERED) break
        size -= sizeOf(oldest.events)
        handovers.delete(oldest)
      }
    },
  }
}
