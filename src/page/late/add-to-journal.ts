/** Adds what earlier pages left to the journal. */

import type { Handover } from '../../core/queue/handover'
import type { Journal } from '../first/journal'

/** Rejects where the journal is full or cannot be written. */
export async function addToJournal(journal: Journal, queue: string, handovers: Handover[]): Promise<void> {
  let reason = 'the journal is full'
  await journal.transact((_, table, isFull) => {
    if (isFull) return
    reason = ''
    // A host drops what the person refuses, and counts it.
    for (const handover of handovers) table('journal').put(handover, [queue, handover.producer, handover.seq])
  })
  if (reason) throw Error(reason)
}
