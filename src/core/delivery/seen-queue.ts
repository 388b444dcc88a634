/** What a transport last saw of its queue: each look is a transaction, and many would find what is known already. */

import type { QueueConfig } from '../config/queue-config'

export interface SeenQueue {
  config: QueueConfig | undefined
  pending: number
  /**
   * Whether all that was pending at the last look is in requests of this transport, and nothing has been given to it
   * since.
   */
  isAllSent: boolean
  /** Something may wait that no look has seen. */
  doubt(): void
  /**
   * To be called before a look.
   *
   * @returns to be called with what was found: what is pending, and how much of that is in requests of this transport
   */
  look(): (pending: number, inOwnRequests: number) => void
}

export function createSeenQueue(): SeenQueue {
  let doubts = 0
  const seen: SeenQueue = {
    config: undefined,
    pending: 0,
    isAllSent: false,
    doubt() {
      doubts += 1
      seen.isAllSent = false
    },
    look() {
      const before = doubts
      return (pending, inOwnRequests) => {
        seen.pending = pending
        seen.isAllSent = doubts === before && pending === inOwnRequests
      }
    },
  }
  return seen
}
