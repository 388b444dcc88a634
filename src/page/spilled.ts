/** What earlier pages of a queue left in localStorage; see `spill.ts`. */

import { type Handover, parseHandover } from '../core/handover'
import { asRecord } from '../core/values'
import { prefixOf, SPILL_VERSION, spill } from './spill'
import { openStorage } from './web-storage'

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
