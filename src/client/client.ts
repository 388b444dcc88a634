/** A client with everything in place from the first: what Node has. A page loads the delivery late. */

import type { Capture } from './capture'
import type { Delivery } from './delivery'
import type { Emitter } from './emitter'
import type { CommonClient, OutlastEvents } from './types'
import { unanswered } from './unanswered'

export function createClient(
  { methods }: Capture,
  { ofFlags: _, ...asking }: Delivery,
  { on }: Emitter<OutlastEvents>,
): CommonClient {
  return { ...methods, on, ...asking }
}

/** The client of a caller that gave no project token: it does nothing, as docs/protocol.md §1.1 promises. */
export function disabledClient(): CommonClient {
  const nothing = () => undefined
  const none = () => 0
  return {
    ...unanswered(none, none),
    capture: nothing,
    captureBatch: nothing,
    captureAi: nothing,
    enqueue: nothing,
    onFeatureFlags: () => nothing,
    on: () => nothing,
    ready: Promise.resolve({ host: 'memory', storage: 'memory' }),
  }
}
