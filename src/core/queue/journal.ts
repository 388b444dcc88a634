/**
 * Takes up what pages wrote down themselves, because no host had answered them yet, or an answer was late. A handover
 * may be in the journal and come as a message too: its producer and sequence number tell that it is the same.
 */

import { addDropped } from '../base/accounting'
import { MAX_HANDOVER_EVENTS } from '../base/limits'
import type { Database, Key, Millis, Row, Transaction } from '../base/ports'
import { asRecord } from '../base/values'
import { take } from './append'
import { eraseIfOwed } from './erase'
import { type Handover, parseHandover } from './handover'
import { keepAside, noteLost, openRows, type Rows, readRules, save } from './rows'
import type { DropGroup } from './settlement'

/** Handovers that one transaction takes up at most: others wait for it. */
const MAX_ROWS = 20

export interface TakenUp {
  accepted: string[]
  drops: DropGroup[]
  pending: number
  /** Rows that the journal needs no longer. */
  taken: Key[]
  /** There may be more in the journal. */
  more: boolean
}

/**
 * `undefined` where there is nothing to take up, or no page has told the queue's config yet: its journal waits for one.
 * The rows stay for `clearJournal`: short transactions keep a page's own write to the journal waiting least. If the host
 * dies in between, the rows are taken up again, and are known by their numbers.
 */
export async function takeUp(db: Database, queue: string, now: Millis): Promise<TakenUp | undefined> {
  const found = await db.transact('readonly', (tx) => tx.list('journal', [queue], { limit: MAX_ROWS }))
  if (found.length > 0) return db.transact('readwrite', (tx) => takeIn(tx, queue, found, now))
  const { eraseOwed } = await db.transact('readonly', (tx) => readRules(tx, queue))
  return eraseOwed ? db.transact('drain', (tx) => takeIn(tx, queue, [], now)) : undefined
}

export function clearJournal(db: Database, taken: Key[]): Promise<void> {
  return db.transact('drain', async (tx) => {
    for (const key of taken) tx.delete('journal', key)
  })
}

async function takeIn(tx: Transaction, queue: string, found: Row[], now: Millis): Promise<TakenUp | undefined> {
  const [rows, rules] = await Promise.all([openRows(tx, queue), readRules(tx, queue)])
  if (!rows) return undefined
  await eraseIfOwed(rows, rules)
  const accepted: string[] = []
  for (const { key, value } of found) {
    const handover = parseHandover(value)
    const taken = handover && isOf(handover, key) ? await take(rows, rules, handover, now) : undefined
    // Damaged, or of a page that has left too many gaps, in which case no later handover of it fares better.
    if (taken === undefined || taken === 'out_of_order') {
      await keepAside(rows, 'journal', key, value)
      countLost(rows, value)
      continue
    }
    accepted.push(...taken.accepted)
    for (const { reason, uuids } of taken.refused) {
      rows.drops.push({ events: [], uuids, count: uuids.length, reason, detail: reason })
    }
  }
  save(rows)
  return {
    accepted,
    drops: rows.drops,
    pending: rows.record.pending,
    taken: found.map(({ key }) => key),
    more: found.length === MAX_ROWS,
  }
}

/** Events that were never accepted, and are known to have been there. */
function countLost(rows: Rows, value: unknown): void {
  const { events } = asRecord(value)
  const count = Array.isArray(events) ? Math.min(events.length, MAX_HANDOVER_EVENTS) : 0
  if (count === 0) return
  rows.record.accepted += count
  addDropped(rows.record.dropped, { corrupt: count })
  noteLost(rows, count)
}

const isOf = ({ producer, seq }: Handover, key: readonly (string | number)[]) => key[1] === producer && key[2] === seq
