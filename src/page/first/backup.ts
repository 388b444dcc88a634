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
 * loaded, it bounds a page's own backup. A browser gives an origin some 5 million characters.
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
 * @param shorten `undefined` until its code has loaded
 */
export function writeBackup(queue: string, producer: string, handovers: Handover[], shorten?: Shorten): boolean {
  const storage = openStorage('localStorage')
  const own = prefixOf(queue) + producer
  const text = textOf(handovers)
  try {
    if (storage && handovers.length > 0 && (shorten || text.length <= MAX_BACKUPS)) {
      storage.setItem(own, text)
      shorten?.(storage)
      return true
    }
    storage?.removeItem(own)
  } catch {
    // localStorage is full or read-only. The beacon, which is sent in any case, is the only way left.
  }
  return false
}

export const textOf = (handovers: Handover[]) =>
  `{"v":${BACKUP_VERSION},"handovers":${JSON.stringify(handovers, asItIs)}}`
