/** What earlier pages of a queue left in localStorage; see `spill.ts`. */

import { type Handover, parseHandover } from '../core/handover'
import { asRecord } from '../core/values'
import { prefixOf, SPILL_VERSION, spill } from './spill'
import { openStorage } from './web-storage'

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
