/** Recovers the backups that earlier pages left in localStorage; see `backup.ts`. */

import type { Millis } from '../../core/base/ports'
import { asRecord } from '../../core/base/values'
import { bounded, EVENT_AGE } from '../../core/config/numbers'
import type { EventJson } from '../../core/event/event'
import { type Handover, parseHandover } from '../../core/queue/handover'
import { BACKUP_MARK, BACKUP_VERSION, MAX_BACKUPS, prefixOf, type Shorten, textOf } from '../first/backup'
import { openStorage, STORAGE_PREFIX } from '../first/web-storage'

/** The keys of the backups of all queues of this origin. A site may have keys of its own with the same mark. */
const keysOfBackups = (storage: Storage | undefined): string[] =>
  Object.keys(storage ?? {}).filter((key) => key.startsWith(STORAGE_PREFIX) && key.includes(BACKUP_MARK))

/** The queues of this origin of which there is a backup. */
export const queuesBackedUp = (): Set<string> =>
  new Set(
    keysOfBackups(openStorage('localStorage')).map((key) =>
      key.slice(STORAGE_PREFIX.length, key.lastIndexOf(BACKUP_MARK)),
    ),
  )

/**
 * Moves the queue's backups of earlier pages to the journal, by `add`. Rejects where `add` does; backups stay then.
 *
 * @param own the producer whose backup stays, which is this page's; blank for none
 * @returns whether there were events to move
 */
export async function recoverBackups(
  queue: string,
  own: string,
  add: (handovers: Handover[]) => Promise<unknown>,
): Promise<boolean> {
  const storage = openStorage('localStorage')
  const prefix = prefixOf(queue)
  const found = new Map<string, string>()
  for (const key of Object.keys(storage ?? {})) {
    const text = key.startsWith(prefix) && key !== prefix + own && storage?.getItem(key)
    if (text) found.set(key, text)
  }
  let moved = false
  for (const [key, text] of found) {
    const handovers = parseBackup(text, key.slice(prefix.length))
    if (!handovers) continue
    if (handovers.length > 0) {
      await add(handovers)
      moved = true
    }
    // The page of this backup may have come back and left again meanwhile: its new backup stays.
    if (storage?.getItem(key) === text) storage.removeItem(key)
  }
  return moved
}

/**
 * Drops the oldest events first, and counts them in their handovers; where the counts alone are too many, the oldest of
 * these go too. Producers are UUIDv7, so ordered by time.
 */
export const shorten: Shorten = (storage) => {
  const keys = keysOfBackups(storage)
  let over = -MAX_BACKUPS
  for (const key of keys) over += storage.getItem(key)?.length ?? 0
  for (const key of keys.sort((a, b) => (producerOf(a) < producerOf(b) ? -1 : 1))) {
    if (over <= 0) return
    const handovers = parseBackup(storage.getItem(key) ?? '', producerOf(key))
    // A backup of another version, or one that cannot be read, is left as it is.
    if (!handovers?.length) continue
    const shorter = handovers.map((handover) => {
      if (over <= 0) return handover
      over -= JSON.stringify(handover.events).length
      return emptied(handover, 'storage_full')
    })
    storage.setItem(key, textOf(shorter))
  }
  for (const key of keys) {
    if (over <= 0) return
    over -= storage.getItem(key)?.length ?? 0
    storage.removeItem(key)
  }
}

/**
 * Drops events that are too old as `expired`, and counts them in their handover, which a queue that has taken it
 * already does not take again. Backups of this queue are dropped at the age at which the queue would drop the events;
 * those of a queue that no page of this origin uses any more, at the longest age that any queue can be given.
 *
 * @param maxAgeMs the queue's `maxEventAge`, as a site gave it
 */
export function expire(queue: string, maxAgeMs: unknown, now: Millis): void {
  const [usual, , longest] = EVENT_AGE
  const own = bounded(maxAgeMs, EVENT_AGE) ?? usual
  const storage = openStorage('localStorage')
  for (const key of keysOfBackups(storage)) {
    const limit = key.startsWith(prefixOf(queue)) ? own : longest
    const isOld = ({ at, events }: Handover) => events.length > 0 && at > 0 && now - at > limit
    const handovers = parseBackup(storage?.getItem(key) ?? '', producerOf(key))
    if (!handovers?.some(isOld)) continue
    const younger = handovers.map((handover) => (isOld(handover) ? emptied(handover, 'expired') : handover))
    storage?.setItem(key, textOf(younger))
  }
}

const emptied = (handover: Handover, reason: 'expired' | 'storage_full', events: EventJson[] = []): Handover => ({
  ...handover,
  events,
  // What an entry holds may be damaged.
  dropped: {
    ...handover.dropped,
    [reason]: (handover.dropped?.[reason] ?? 0) + handover.events.length - events.length,
  },
})

/** Counts the events for which the first code had no room. */
function counted(handover: Handover): Handover {
  const { events } = handover
  const isWhole = !Array.isArray(events) || events.every(Boolean)
  return isWhole ? handover : emptied(handover, 'storage_full', events.filter(Boolean))
}

const producerOf = (key: string) => key.slice(key.lastIndexOf(':') + 1)

/** Removes all backups of a queue. */
export function removeBackups(queue: string): void {
  const storage = openStorage('localStorage')
  for (const key of Object.keys(storage ?? {})) if (key.startsWith(prefixOf(queue))) storage?.removeItem(key)
}

/** Parses a producer's backup. `undefined` if a later version of this library wrote it. */
function parseBackup(text: string, producer: string): Handover[] | undefined {
  try {
    const { v, handovers } = asRecord(JSON.parse(text))
    if (typeof v === 'number' && v > BACKUP_VERSION) return undefined
    if (v !== BACKUP_VERSION || !Array.isArray(handovers)) return []
    // A handover that names another producer than the key does is damaged: no host could recognise its repeats.
    return handovers
      .map((handover) => parseHandover(counted(asRecord(handover) as Handover & Record<string, unknown>)))
      .filter((handover) => handover !== undefined && handover.producer === producer) as Handover[]
  } catch {
    // The text was cut short, or is none of this library's: it holds no event that could be saved.
    return []
  }
}
