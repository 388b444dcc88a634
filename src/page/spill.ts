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

/**
 * Writes what fits, oldest first: an entry for each producer, in place of what it had before, since its handovers are
 * taken out one by one as they are committed. Returns how many events are kept: those at the head.
 */
export function spill(queue: string, handovers: Handover[]): number {
  const storage = openStorage('localStorage')
  if (!storage) return 0
  let size = 0
  let events = 0
  for (const [producer, own] of byProducer(handovers)) {
    const kept: string[] = []
    let count = 0
    for (const handover of own) {
      const json = JSON.stringify(handover)
      size += json.length
      if (size > MAX_SPILL) break
      kept.push(json)
      count += handover.events.length
    }
    try {
      if (kept.length > 0) {
        storage.setItem(prefixOf(queue) + producer, `{"v":${SPILL_VERSION},"handovers":[${kept.join(',')}]}`)
      }
    } catch {
      // Full or read-only: the beacon is what is left, and the caller sends it either way.
      return events
    }
    events += count
    if (kept.length < own.length) return events
  }
  return events
}

/** A page holds what it adopted before anything of its own, so each producer's stand together. */
function byProducer(handovers: Handover[]): Map<string, Handover[]> {
  const groups = new Map<string, Handover[]>()
  for (const handover of handovers) {
    const own = groups.get(handover.producer)
    if (own) own.push(handover)
    else groups.set(handover.producer, [handover])
  }
  return groups
}
