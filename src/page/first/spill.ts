/**
 * Handovers that were on no disk when their page went away, written to localStorage, the only storage that a page can
 * write to synchronously. A later page moves them into the journal under their own producer and sequence numbers, so that
 * what did get through meanwhile is not taken twice.
 */

import type { Handover } from '../../core/queue/handover'
import { openStorage, STORAGE_PREFIX } from './web-storage'

/**
 * Characters that one page leaves at most before the code is there that knows what others have left: as many as all may
 * leave together once it is there. A browser gives an origin some 5 million.
 */
const MAX_ALONE = 500_000

export const SPILL_VERSION = 1

export const MARK = ':spill:'

export const prefixOf = (queue: string) => STORAGE_PREFIX + queue + MARK

/** Takes from what all pages have left what is more than they may leave together. */
export type Shorten = (storage: Storage) => void

/**
 * Writes a page's handovers in place of what it had written before. Returns whether anything is written now.
 *
 * @param shorten loads late
 */
export function spill(queue: string, producer: string, handovers: Handover[], shorten?: Shorten): boolean {
  const storage = openStorage('localStorage')
  const own = prefixOf(queue) + producer
  const text = textOf(handovers)
  try {
    storage?.removeItem(own)
    if (!storage || handovers.length === 0 || (!shorten && text.length > MAX_ALONE)) return false
    storage.setItem(own, text)
    shorten?.(storage)
    return true
  } catch {
    // Full or read-only: the beacon is what is left, and it is sent either way.
    return false
  }
}

export const textOf = (handovers: Handover[]) => `{"v":${SPILL_VERSION},"handovers":${JSON.stringify(handovers)}}`
