/**
 * Handovers that no host had committed when their page went away, written to localStorage, the only storage that a page
 * can write to synchronously. The next page hands them over under their own producer and sequence numbers, so that
 * what did get through meanwhile is not taken twice.
 */

import type { Handover } from '../core/handover'
import { openStorage, STORAGE_PREFIX } from './web-storage'

/** Characters that one page may leave: localStorage has 5 MB for the whole origin, and it is not ours. */
const MAX_SPILL = 500_000

export const SPILL_VERSION = 1

export const prefixOf = (queue: string) => `${STORAGE_PREFIX}${queue}:spill:`

/** Writes what fits, oldest first, in place of what this producer wrote before. Returns how many events it kept. */
export function spill(queue: string, handovers: Handover[]): number {
  const first = handovers[0]
  const storage = openStorage('localStorage')
  if (!storage || !first) return 0
  const kept: string[] = []
  let size = 0
  let events = 0
  for (const handover of handovers) {
    const json = JSON.stringify(handover)
    size += json.length
    if (size > MAX_SPILL) break
    kept.push(json)
    events += handover.events.length
  }
  try {
    storage.setItem(prefixOf(queue) + first.producer, `{"v":${SPILL_VERSION},"handovers":[${kept.join(',')}]}`)
    return events
  } catch {
    // Full or read-only: the beacon is what is left, and the caller sends it either way.
    return 0
  }
}
