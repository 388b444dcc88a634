/**
 * Handovers that were on no disk when their page went away, written to localStorage, the only storage that a page can
 * write to synchronously. A later page moves them into the journal under their own producer and sequence numbers, so that
 * what did get through meanwhile is not taken twice.
 */

import type { Handover } from '../core/handover'
import { openStorage, STORAGE_PREFIX } from './web-storage'

/** Characters that all pages of an origin may leave together: localStorage has 5 MB for the whole origin. */
const MAX_SPILL = 500_000

export const SPILL_VERSION = 1

const MARK = ':spill:'

export const prefixOf = (queue: string) => STORAGE_PREFIX + queue + MARK

/** Takes from the texts of all entries what is more than all pages may leave. */
export type Shorten = (texts: Map<string, string>, most: number) => void

/**
 * Writes a page's handovers in place of what it had written before. Without `shorten`, which loads late, what does not
 * fit is not written. Returns whether anything is written now.
 */
export function spill(queue: string, producer: string, handovers: Handover[], shorten?: Shorten): boolean {
  const storage = openStorage('localStorage')
  if (!storage) return false
  const own = prefixOf(queue) + producer
  try {
    storage.removeItem(own)
    if (handovers.length === 0) return false
    const texts = new Map([[own, textOf(handovers)]])
    for (const key of Object.keys(storage)) if (key.includes(MARK)) texts.set(key, storage.getItem(key) ?? '')
    if (shorten) shorten(texts, MAX_SPILL)
    else if ([...texts.values()].join('').length > MAX_SPILL) return false
    for (const [key, text] of texts) storage.setItem(key, text)
    return true
  } catch {
    // Full or read-only: the beacon is what is left, and it is sent either way.
    return false
  }
}

export const textOf = (handovers: Handover[]) => `{"v":${SPILL_VERSION},"handovers":${JSON.stringify(handovers)}}`
