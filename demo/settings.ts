/** The library's options, as a site would set them, but quicker and smaller: nobody wants to wait for a demo. */

import type { OutlastOptions } from '../src/index'

/** In seconds. A server's `Retry-After` is cut to it, like every other pause. */
export const LONGEST_PAUSE = 5

/** Larger ones are dropped at once, with the reason `too_large`. */
export const MAX_EVENT_BYTES = 20_000

export const OPTIONS: OutlastOptions = {
  host: location.origin,
  flushAt: 25,
  flushInterval: 2_000,
  maxBatchSize: 25,
  // Small enough to be filled by hand, which shows the reason `queue_full`.
  maxQueueSize: 250,
  maxEventBytes: MAX_EVENT_BYTES,
  requestTimeout: 5_000,
  retryInitialBackoff: 500,
  retryMaxBackoff: LONGEST_PAUSE * 1_000,
  // The page shows every drop and retry, so a warning is no news here.
  logger: { warn: (message) => console.info(message) },
}
