/** The posted handovers that wait for an answer, by each message id that they went under: any answer counts. */

import type { Handover } from '../../core/queue/handover'

export interface PostedHandovers {
  /** Ids that wait. One handover may have several. */
  readonly size: number
  add(id: number, handover: Handover): void
  /** Whether the handover was posted to this host. */
  isGiven(handover: Handover): boolean
  /** Returns the handover that waits under this id, if one does. Other ids of the handover go on waiting. */
  answered(id: number): Handover | undefined
  /** Whether an answer to another posting of the handover may still come. */
  waits(handover: Handover): boolean
  /** What became of the handover is known: it waits under no id. */
  forget(handover: Handover): void
  /** There is another host, or none: nothing was posted to it yet, and nothing waits. */
  clear(): void
}

const everPosted = new WeakSet<Handover>()

/** Whether the handover was ever posted to any host: that host may have it, and tells what becomes of its events. */
export const wasPosted = (handover: Handover) => everPosted.has(handover)

export function createPostedHandovers(): PostedHandovers {
  const waiting = new Map<number, Handover>()
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
    isGiven: (handover) => given.has(handover),
    answered(id) {
      const handover = waiting.get(id)
      waiting.delete(id)
      return handover
    },
    waits: (handover) => [...waiting.values()].includes(handover),
    forget(handover) {
      for (const [id, one] of waiting) if (one === handover) waiting.delete(id)
    },
    clear() {
      waiting.clear()
      given = new WeakSet()
    },
  }
}
