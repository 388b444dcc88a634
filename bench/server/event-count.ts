/** Which events came, how often, and when first. Bodies are decoded when a caller asks, not when they come. */

import { idsOf, type Wire, type WireRequest } from './decoders'

type Received = WireRequest & { at: number }

/** Bodies are read in slices of this many ms, so that requests are answered in between. */
const DECODE_SLICE_MS = 10

export function createEventCount(wire: Wire) {
  const received: Received[] = []
  let decoded = 0
  const ids = new Map<string, { count: number; firstAt: number }>()

  return {
    note(request: Received) {
      received.push(request)
    },

    async decode() {
      let sliceEnd = performance.now() + DECODE_SLICE_MS
      while (decoded < received.length) {
        const request = received[decoded++] as Received
        for (const id of idsOf(wire, request)) {
          const known = ids.get(id)
          if (known) known.count += 1
          else ids.set(id, { count: 1, firstAt: request.at })
        }
        if (performance.now() < sliceEnd) continue
        await new Promise((resolve) => setImmediate(resolve))
        sliceEnd = performance.now() + DECODE_SLICE_MS
      }
    },

    /** Different events in the bodies that have been decoded. */
    different: () => ids.size,

    duplicates: () => [...ids.values()].reduce((sum, { count }) => sum + count, 0) - ids.size,

    /** When the last event came that had not come before. */
    lastNewAt: () => [...ids.values()].reduce((latest, { firstAt: at }) => Math.max(latest, at), 0),

    /** The bodies as they came, for others to send again. */
    bodies: () => received.map(({ body }) => body),
  }
}
