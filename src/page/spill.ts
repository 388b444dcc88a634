/**
 * Handovers that no host had committed when their page went away, written to localStorage, the only storage that a page
 * can write to synchronously. The next page hands them over under their own producer and sequence numbers, so that
 * what did get through meanwhile is not taken twice.
 */

import type { Handover } from '../core/handover'
import { parseHandover } from '../core/handover'
import { asRecord } from '../core/values'
import { openStorage, STORAGE_PREFIX } from './web-storage'

/** Characters that one page may leave: localStorage has 5 MB for the whole origin, and it is not ours. */
const MAX_SPILL = 500_000

const SPILL_VERSION = 1

const prefixOf = (queue: string) => `${STORAGE_PREFIX}${queue}:spill:`

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

/** What earlier pages left. Entries that cannot be read are removed. */
export function readSpills(queue: string): Handover[] {
  const storage = openStorage('localStorage')
  if (!storage) return []
  const prefix = prefixOf(queue)
  const found: Handover[] = []
  for (const key of Object.keys(storage)) {
    if (!key.startsWith(prefix)) continue
    const handovers = parseSpill(storage.getItem(key))
    if (handovers.length === 0) storage.removeItem(key)
    found.push(...handovers)
  }
  return found
}

/** Takes a committed handover out of what its page left. */
export function forgetSpilled(queue: string, { producer, seq }: Handover): void {
  const storage = openStorage('localStorage')
  if (!storage) return
  const key = prefixOf(queue) + producer
  const left = parseSpill(storage.getItem(key)).filter((handover) => handover.seq !== seq)
  if (left.length === 0) storage.removeItem(key)
  else spill(queue, left)
}

/** Leaves nothing of this queue behind. */
export function removeSpills(queue: string): void {
  const storage = openStorage('localStorage')
  for (const key of Object.keys(storage ?? {})) if (key.startsWith(prefixOf(queue))) storage?.removeItem(key)
}

/** A page that came back from the back/forward cache still holds its handovers itself. */
export function removeSpill(queue: string, producer: string): void {
  openStorage('localStorage')?.removeItem(prefixOf(queue) + producer)
}

function parseSpill(text: string | null): Handover[] {
  if (!text) return []
  try {
    const { v, handovers } = asRecord(JSON.parse(text))
    if (v !== SPILL_VERSION || !Array.isArray(handovers)) return []
    return handovers.map(parseHandover).filter((handover) => handover !== undefined)
  } catch {
    // Cut short or somebody else's: there is nothing in it to save.
    return []
  }
}
