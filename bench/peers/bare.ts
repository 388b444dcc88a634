/** An array, flushed by `sendBeacon` at 100 events or after 5 s: as little as a page can do, and it keeps nothing. */

import { bareEvent } from '../page/bare'
import type { PeerClient, PeerConfig } from './peer'

const FLUSH_AT = 100
const FLUSH_INTERVAL_MS = 5_000
/** The browser takes 64 KiB in flight; what it refuses is offered again after this many ms. */
const REFUSED_PAUSE_MS = 10

export function start({ host }: PeerConfig): PeerClient {
  let queue: string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  const later = (ms: number) => {
    timer ??= setTimeout(flush, ms)
  }

  function flush() {
    timer = undefined
    const batch = queue.slice(0, FLUSH_AT)
    if (!navigator.sendBeacon(`${host}/bare`, `[${batch.join(',')}]`)) return later(REFUSED_PAUSE_MS)
    queue = queue.slice(FLUSH_AT)
    if (queue.length > 0) later(queue.length < FLUSH_AT ? FLUSH_INTERVAL_MS : 0)
  }

  return {
    ready: Promise.resolve(),
    capture(name, properties) {
      queue.push(bareEvent(name, properties))
      if (queue.length === FLUSH_AT) {
        clearTimeout(timer)
        timer = undefined
        later(0)
      } else later(FLUSH_INTERVAL_MS)
    },
  }
}
