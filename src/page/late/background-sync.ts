/**
 * Asks the browser for a Background Sync: it wakes the worker when the network is back, with or without an open page.
 * Only an open page may ask for one, so the page asks early: whenever events are pending.
 */

import { SYNC_TAG } from '../../core/base/names'

interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> }
}

/** While events stay pending, the browser is asked again after this many ms, because it may have given up. */
const ASK_EVERY_MS = 5_000

export interface BackgroundSync {
  /** Events are pending: asks the browser, unless it was asked within the last `ASK_EVERY_MS`. */
  request(): void
  /** The queue is empty: the next `request` asks in any case. */
  rearm(): void
  /** The network has just gone: asks in any case. */
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
    // A user, Brave or a private window may deny the sync. The next visit delivers the events then.
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
