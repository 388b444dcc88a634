/** Handovers that were posted and wait for an answer, by each id that they went under: any answer will do. */

import type { Handover } from '../../core/queue/handover'

export interface Unacknowledged {
  /** Ids that wait. One handover may have several. */
  readonly size: number
  add(id: number, handover: Handover): void
  /** Whether it was ever posted, to this host or to another. */
  wasPosted(handover: Handover): boolean
  /** Whether it was posted to this host. */
  isGiven(handover: Handover): boolean
  /** Its handover, where one waits under this id. The id waits no longer; others of the handover do. */
  answered(id: number): Handover | undefined
  /** What became of the handover is known: it waits under no id. */
  forget(handover: Handover): void
  /** There is another host, or none: nothing was posted to it yet, and nothing waits. */
  clear(): void
}

export function createUnacknowledged(): Unacknowledged {
  const waiting = new Map<number, Handover>()
  const everPosted = new WeakSet<Handover>()
  let given = new WeakSet<Handover>()
  return {
    get size() {
      return waiting.size
    },
    add(id, handover) {
      waiting.set(id, handover)
      everPosted.add(handover)
      given.add(handover)
    },
    wasPosted: (handover) => everPosted.has(handover),
    isGiven: (handover) => given.has(handover),
    answered(id) {
      const handover = waiting.get(id)
      waiting.delete(id)
      return handover
    },
    forget(handover) {
      for (const [id, one] of waiting) if (one === handover) waiting.delete(id)
    },
    clear() {
      waiting.clear()
      given = new WeakSet()
    },
  }
}
