/**
 * Asks the browser to wake the worker when the network is back, page or no page. Only a page may ask, and only while
 * it is open, so it asks early: whenever something is in the queue.
 */

import { SYNC_TAG } from '../../core/base/names'

interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> }
}

/** While one and the same backlog is known, the browser is asked again after this many ms: it may have given up. */
const ASK_EVERY_MS = 5_000

export interface BackgroundSync {
  request(): void
  /** The queue is empty: the next event asks anew. */
  rearm(): void
  /** As `request`, but now in any case: the network has just gone. */
  insist(): void
}

export function createBackgroundSync(
  registration: () => ServiceWorkerRegistration | undefined,
  now: () => number,
): BackgroundSync {
  let askedAt = Number.NEGATIVE_INFINITY
  const ask = () => {
    const { sync } = (registration() ?? {}) as Partial<SyncRegistration>
    if (!sync) return
    askedAt = now()
    // Denied by the user, by Brave, or in a private window: the next visit delivers.
    sync.register(SYNC_TAG).catch(() => undefined)
  }
  return {
    request() {
      if (Math.abs(now() - askedAt) >= ASK_EVERY_MS) ask()
    },
    rearm() {
      askedAt = Number.NEGATIVE_INFINITY
    },
    insist: ask,
  }
}
