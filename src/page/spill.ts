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

/** Writes a page's handovers in place of what it had written before. Returns whether anything is written now. */
export function spill(queue: string, producer: string, handovers: Handover[]): boolean {
  const storage = openStorage('localStorage')
  if (!storage) return false
  const own = prefixOf(queue) + producer
  try {
    storage.removeItem(own)
    if (handovers.length === 0) return false
    const texts = new Map<string, string>([[own, textOf(handovers)]])
    for (const key of Object.keys(storage)) if (key.includes(MARK)) texts.set(key, storage.getItem(key) ?? '')
    shorten(texts)
    for (const [key, text] of texts) if (text !== storage.getItem(key)) storage.setItem(key, text)
    return true
  } catch {
    // Full or read-only: the beacon is what is left, and it is sent either way.
    return false
  }
}

const textOf = (handovers: unknown[]) => `{"v":${SPILL_VERSION},"handovers":${JSON.stringify(handovers)}}`

/** The oldest events go first, and their number stays, under a reason. Producers are UUIDv7, so their order is that of time. */
function shorten(texts: Map<string, string>): void {
  let over = -MAX_SPILL
  for (const text of texts.values()) over += text.length
  for (const key of [...texts.keys()].sort((a, b) => (producerOf(a) < producerOf(b) ? -1 : 1))) {
    if (over <= 0) return
    const text = texts.get(key) ?? ''
    const shorter = handoversIn(text)?.map((handover) => {
      const { events, dropped } = handover
      if (over <= 0) return handover
      over -= JSON.stringify(events).length
      return {
        ...handover,
        events: [],
        dropped: { ...dropped, storage_full: (dropped.storage_full ?? 0) + events.length },
      }
    })
    if (shorter) texts.set(key, textOf(shorter))
  }
}

const producerOf = (key: string) => key.slice(key.lastIndexOf(':') + 1)

/** `undefined` for what is not this version's: it is left as it is. */
function handoversIn(text: string): Handover[] | undefined {
  try {
    const { v, handovers } = JSON.parse(text)
    return v === SPILL_VERSION ? handovers : undefined
  } catch {
    // Somebody else's, or cut short.
    return undefined
  }
}
