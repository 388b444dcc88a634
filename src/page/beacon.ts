/**
 * The last way out of a page whose events no worker has: `sendBeacon`. It has no headers, so it speaks v0 alone, and
 * no answer, so it proves nothing: what it carries stays wherever else it is kept, under the same uuid and timestamp.
 */

import type { CaptureConfig } from '../client/options'
import type { EventJson } from '../core/event'
import { batchBody, stampedNow } from '../core/wire-body'

/** Below this many characters a refusal means that the page's 64 KiB are used up, not that the body is too long. */
const SMALLEST_SPLIT = 2_048

/** Sends what the browser takes, in order. */
export function beacon(events: EventJson[], config: CaptureConfig): void {
  if (events.length === 0) return
  const body = batchBody(config.apiKey, events, stampedNow(config.wall(), 0), false)
  if (
    accepted(`${config.host}/batch/?beacon=1`, new Blob([body], { type: 'text/plain' })) ||
    events.length === 1 ||
    body.length < SMALLEST_SPLIT
  )
    return
  const half = Math.ceil(events.length / 2)
  beacon(events.slice(0, half), config)
  beacon(events.slice(half), config)
}

/** One that a page has patched may throw, which is no reason to leave the rest of the departure undone. */
function accepted(url: string, blob: Blob): boolean {
  try {
    return navigator.sendBeacon(url, blob)
  } catch {
    return false
  }
}
