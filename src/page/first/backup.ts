/**
 * The backup: on page exit, handovers that are on no disk are written to localStorage, the only storage that a page can
 * write to synchronously. A later page moves them into the journal under their own producers and sequence numbers, so
 * that a handover that did get through meanwhile is not taken twice.
 */

import { asItIs } from '../../core/event/event'
import type { Handover } from '../../core/queue/handover'
import { openStorage, STORAGE_PREFIX } from './web-storage'

/**
 * The most characters that the backups of all pages may have together. While the code that measures them all has not
 * loaded, it bounds the events of a page's own backup. A browser gives an origin some 5 million characters.
 */
export const MAX_BACKUPS = 500_000

/** The version of a backup's format. */
export const BACKUP_VERSION = 1

/** Part of every backup's key: `outlast:<queue>:backup:<producer>`. */
export const BACKUP_MARK = ':backup:'

export const prefixOf = (queue: string) => STORAGE_PREFIX + queue + BACKUP_MARK

/** Shortens the backups of all pages to the length that they may have together. */
export type Shorten = (storage: Storage) => void

/**
 * Writes a page's backup in place of its earlier one, in one step: Chromium ends a closed tab after 500 ms
 * (`kUnloadTimeout`), and a page that is ended between two steps would have none. Returns whether the page has a backup
 * now.
 *
 * Before late code has come, `false` stands in place of each event for which no room is left. The page that takes up the
 * backup counts these (`recover-backups.ts`): this page may still come back, and hand them over.
 *
 * @param shorten `undefined` until its code has loaded
 */
export function writeBackup(queue: string, producer: string, handovers: Handover[], shorten?: Shorten): boolean {
  const storage = openStorage('localStorage')
  const own = prefixOf(queue) + producer
  let room = MAX_BACKUPS
  const kept = handovers.map((handover) => ({
    ...handover,
    // biome-ignore lint/suspicious/noAssignInExpressions: the first load has no room for a statement (`npm run size`).
    events: handover.events.map((json) => (shorten || (json.length < room && (room -= json.length))) && json),
  }))
  try {
    if (storage && handovers.length > 0) {
      storage.setItem(own, textOf(kept))
      shorten?.(storage)
      return true
    }
    storage?.removeItem(own)
  } catch {
    // localStorage is full or read-only. The beacon, which is sent in any case, is the only way left.
  }
  return false
}

export const textOf = (handovers: object[]) =>
  `{"v":${BACKUP_VERSION},"handovers":${JSON.stringify(handovers, asItIs)}}`
