import { afterEach, expect, test } from 'vitest'
import { DATABASE_NAME } from '../../adapters/open-database'
import { newOutbox } from '../../client/first/outbox'
import type { Handover } from '../../core/queue/handover'
import { createJournal } from '../first/journal'
import { addToJournal } from './add-to-journal'

const QUEUE = 'phc_test https://events.example'

afterEach(
  () =>
    new Promise<void>((resolve, reject) => {
      const asked = indexedDB.deleteDatabase(DATABASE_NAME)
      asked.onsuccess = () => resolve()
      asked.onerror = () => reject(asked.error)
    }),
)

const handover = (seq: number, events: string[], dropped: Handover['dropped'] = {}) =>
  ({ producer: 'page-1', seq, at: 1_000, events, dropped }) as unknown as Handover

test('P2: a backup that was emptied for want of room takes nothing from what its page has written to the journal', async () => {
  const journal = createJournal(QUEUE, newOutbox('page-2'))
  const whole = handover(1, ['{"event":"a"}'])
  await addToJournal(journal, QUEUE, [whole])
  const later = handover(2, [], { storage_full: 1 })
  await addToJournal(journal, QUEUE, [handover(1, [], { storage_full: 1 }), later])
  const rows = await new Promise<unknown[]>((resolve, reject) => {
    journal
      .transact((_, table) => {
        const asked = table('journal').getAll(IDBKeyRange.bound([QUEUE], [QUEUE, []]))
        asked.onsuccess = () => resolve(asked.result)
      })
      .catch(reject)
  })
  expect(rows).toEqual([whole, later])
})
