/**
 * Takes up what pages wrote down themselves, because no host had answered them yet, or an answer was late. A handover
 * may be in the journal and come as a message too: its producer and sequence number tell that it is the same.
 */

import { addDropped } from './accounting'
import { type Handover, parseHandover } from './handover'
import { MAX_HANDOVER_EVENTS } from './limits'
import type { Millis, Transaction } from './ports'
import { take } from './queue-append'
import { eraseIfOwed } from './queue-erase'
import { noteLost, openRows, type Rows, readRules, save, setAside } from './queue-rows'
import type { DropGroup } from './settlement'
import { asRecord } from './values'

/** Handovers that one transaction takes up at most: others wait for it. */
const MAX_ROWS = 100

export interface TakenUp {
  accepted: string[]
  drops: DropGroup[]
  pending: number
  /** There may be more in the journal. */
  more: boolean
}

/** `undefined` where there is nothing to take up, or no page has told the queue's config yet: its journal waits for one. */
export async function takeUp(tx: Transaction, queue: string, now: Millis): Promise<TakenUp | undefined> {
  const [found, rules] = await Promise.all([tx.list('journal', [queue], { limit: MAX_ROWS }), readRules(tx, queue)])
  if (found.length === 0 && !rules.eraseOwed) return undefined
  const rows = await openRows(tx, queue)
  if (!rows) return undefined
  await eraseIfOwed(rows, rules)
  const accepted: string[] = []
  for (const { key, value } of found) {
    const handover = parseHandover(value)
    const taken = handover && isOf(handover, key) ? await take(rows, rules, handover, now) : undefined
    // Damaged, or of a page that has left too many gaps, in which case no later handover of it fares better.
    if (taken === undefined || taken === 'out_of_order') {
      await setAside(rows, 'journal', key, value)
      countLost(rows, value)
      continue
    }
    tx.delete('journal', key)
    accepted.push(...taken.accepted)
    for (const { reason, uuids } of taken.refused) {
      rows.drops.push({ events: [], uuids, count: uuids.length, reason, detail: reason })
    }
  }
  save(rows)
  return { accepted, drops: rows.drops, pending: rows.record.pending, more: found.length === MAX_ROWS }
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
