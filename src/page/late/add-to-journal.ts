/** Adds what earlier pages left to the journal. */

import type { Handover } from '../../core/queue/handover'
import type { Journal } from '../first/journal'

/**
 * A row that is there stays as it is: its page had the time to write it, and the backup may have been emptied since,
 * for want of room for example. The rows are looked up in a transaction of their own, since the one that writes asks
 * nothing more once `work` has ended.
 *
 * Rejects where the journal is full or cannot be written.
 */
export async function addToJournal(journal: Journal, queue: string, handovers: Handover[]): Promise<void> {
  const there = new Set<Handover>()
  const keyOf = ({ producer, seq }: Handover) => [queue, producer, seq]
  await journal.transact((_, table) => {
    for (const handover of handovers) {
      const counted = table('journal').count(keyOf(handover))
      counted.onsuccess = () => counted.result && there.add(handover)
    }
  })
  let reason = 'the journal is full'
  await journal.transact((_, table, isFull) => {
    if (isFull) return
    reason = ''
    // A host drops what the person refuses, and counts it.
    for (const handover of handovers) if (!there.has(handover)) table('journal').put(handover, keyOf(handover))
  })
  if (reason) throw Error(reason)
}
