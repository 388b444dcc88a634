/**
 * Takes up the journal: handovers that pages wrote to disk themselves, because no host had answered them yet or an
 * answer was late. A handover may be in the journal and come as a message too; producer and sequence number show that
 * both are the same handover.
 */

import { addDropped } from '../base/accounting'
import { MAX_HANDOVER_EVENTS } from '../base/limits'
import type { Database, Key, Millis, Row } from '../base/ports'
import { asRecord } from '../base/values'
import { take } from './append'
import { eraseIfOwed } from './erase'
import { type Handover, parseHandover } from './handover'
import { noteLost, type OpenQueue, type Step, save } from './open-queue'
import { openQueue, readRules } from './opening'
import { keepAside } from './set-aside'
import type { DropGroup } from './settlement'

/** The most handovers that one transaction takes up: other transactions wait for its end. */
const MAX_TAKEN_UP = 20

export interface TakenUp {
  accepted: string[]
  drops: DropGroup[]
  pending: number
  /** Rows that the journal needs no longer. */
  taken: Key[]
  /** Whether the journal may hold more handovers. */
  more: boolean
}

/**
 * Takes up the queue's journal. `undefined` if there is nothing to take up, or if no page has told the queue's config
 * yet: then the journal waits for a page. The rows stay for `clearJournal`: short transactions keep a page's own write
 * to the journal waiting least. If the host dies in between, the rows are taken up again, and recognised by their
 * numbers.
 */
export async function takeUp(db: Database, key: string, now: Millis): Promise<TakenUp | undefined> {
  const found = await db.transact('readonly', (tx) => tx.list('journal', [key], { limit: MAX_TAKEN_UP }))
  if (found.length > 0) return db.transact('readwrite', (tx) => takeRows({ tx, key, now }, found))
  const { eraseOwed } = await db.transact('readonly', (tx) => readRules({ tx, key, now }))
  return eraseOwed ? db.transact('drain', (tx) => takeRows({ tx, key, now }, [])) : undefined
}

export function clearJournal(db: Database, taken: Key[]): Promise<void> {
  return db.transact('drain', async (tx) => {
    for (const row of taken) tx.delete('journal', row)
  })
}

async function takeRows(step: Step, rows: Row[]): Promise<TakenUp | undefined> {
  const [queue, rules] = await Promise.all([openQueue(step), readRules(step)])
  if (!queue) return undefined
  await eraseIfOwed(queue, rules)
  const accepted: string[] = []
  for (const row of rows) {
    const handover = parseHandover(row.value)
    const taken = handover && isOf(handover, row.key) ? await take(queue, rules, handover) : undefined
    if (taken === 'seen') continue
    // The handover is damaged, or its producer has left too many gaps in its sequence, so that no later handover of
    // that producer could be taken either.
    if (taken === undefined || taken === 'out_of_order') {
      await keepAside(queue, 'journal', row.key, row.value)
      countLost(queue, row.value)
      continue
    }
    accepted.push(...taken.accepted)
    for (const { reason, uuids } of taken.refused) {
      queue.drops.push({ events: [], uuids, count: uuids.length, reason, detail: reason })
    }
  }
  save(queue)
  return {
    accepted,
    drops: queue.drops,
    pending: queue.record.pending,
    taken: rows.map((row) => row.key),
    more: rows.length === MAX_TAKEN_UP,
  }
}

/** Counts events of a damaged handover as accepted and dropped: they were in the journal, and cannot be read. */
function countLost(queue: OpenQueue, value: unknown): void {
  const { events } = asRecord(value)
  const count = Array.isArray(events) ? Math.min(events.length, MAX_HANDOVER_EVENTS) : 0
  if (count === 0) return
  addDropped(queue.record.dropped, { corrupt: count })
  noteLost(queue, count)
}

const isOf = ({ producer, seq }: Handover, row: Key) => row[1] === producer && row[2] === seq
