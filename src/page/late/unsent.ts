/** What this page's own host has taken and nothing is known of yet: it goes with the page, unless it is sent before. */

import type { Emitter } from '../../client/first/emitter'
import type { OutlastEvents } from '../../client/types'
import { uuidOf } from '../../core/event/event-json'
import { sizeOf } from '../../core/event/size-of'
import type { Handover } from '../../core/queue/handover'
import type { Reports } from './reports'

export interface Unsent {
  readonly handovers: ReadonlySet<Handover>
  add(handover: Handover): void
}

/** Characters of events that a page may send as it goes: beacons share 64 KiB. */
const MAX_UNSENT = 65_536

export function trackUnsent(reports: Reports, emitter: Emitter<OutlastEvents>): Unsent {
  const handovers = new Set<Handover>()
  let size = 0
  let watching = false

  function watch(): void {
    watching = true
    // Another tab may send it as well.
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
    add(handover) {
      if (!watching) watch()
      handovers.add(handover)
      size += sizeOf(handover.events)
      for (const oldest of handovers) {
        if (size <= MAX_UNSENT) break
        size -= sizeOf(oldest.events)
        handovers.delete(oldest)
      }
    },
  }
}
