/**
 * Handovers that no host had committed when their page went away, written to localStorage, the only storage that a page
 * can write to synchronously. The next page hands them over under their own producer and sequence numbers, so that
 * what did get through meanwhile is not taken twice.
 */

import { parseHandover } from '../core/messages'
import type { Handover } from '../core/queue-append'
import { asRecord } from '../core/settings'
import { openStorage, STORAGE_PREFIX } from './web-storage'

/** Characters that one page may leave: localStorage has 5 MB for the whole origin, and it is not ours. */
const MAX_SPILL = 500_000

const SPILL_VERSION = 1

const prefixOf = (queue: string) => `${STORAGE_PREFIX}${queue}:spill:`

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

/** What earlier pages left. Entries that cannot be read are removed, but for those of a later version. */
export function readSpills(queue: string): Handover[] {
  const storage = openStorage('localStorage')
  if (!storage) return []
  const prefix = prefixOf(queue)
  const found: Handover[] = []
  for (const key of Object.keys(storage)) {
    if (!key.startsWith(prefix)) continue
    try {
      const handovers = parseSpill(storage.getItem(key), key.slice(prefix.length))
      if (handovers?.length === 0) storage.removeItem(key)
      found.push(...(handovers ?? []))
    } catch {
      // A storage that cannot be read keeps what it has, for when it can.
    }
  }
  return found
}

/** Takes a committed handover out of what its page left. */
export function forgetSpilled(queue: string, { producer, seq }: Handover): void {
  const storage = openStorage('localStorage')
  if (!storage) return
  const key = prefixOf(queue) + producer
  const left = parseSpill(storage.getItem(key), producer)?.filter((handover) => handover.seq !== seq)
  if (!left) return
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

/** The handovers of a producer, or `undefined` for what a later version wrote. */
function parseSpill(text: string | null, producer: string): Handover[] | undefined {
  if (!text) return []
  try {
    const { v, handovers } = asRecord(JSON.parse(text))
    if (typeof v === 'number' && v > SPILL_VERSION) return undefined
    if (v !== SPILL_VERSION || !Array.isArray(handovers)) return []
    // One of another producer would never be taken out of this entry again.
    return handovers
      .map(parseHandover)
      .filter((handover) => handover !== undefined && handover.producer === producer) as Handover[]
  } catch {
    // Cut short or somebody else's: there is nothing in it to save.
    return []
  }
}
