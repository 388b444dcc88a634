/** Erases everything that a queue holds, in the caller's transaction. */

import { addDropped } from '../base/accounting'
import type { DropReason } from '../base/reports'
import type { EventJson } from '../event/event'
import { LANES } from './handover'
import { emptyLane, parseBody, parseChunk } from './records'
import { type Rows, removeBatch, scheduled } from './rows'
import type { Rules } from './rules'

/** Does the erasure that a person asked for while no host was there. A host takes in nothing before it. */
export async function eraseIfOwed(rows: Rows, rules: Rules): Promise<void> {
  if (!rules.eraseOwed) return
  await erase(rows, 'opted_out')
  rows.tx.put('rules', [rows.queue], { ...rules, eraseOwed: false })
}

/** Drops all pending events for this reason. */
export async function erase(rows: Rows, reason: DropReason): Promise<void> {
  const { tx, queue, record } = rows
  const events: EventJson[] = []
  for (const lane of LANES) {
    for (const { value } of await tx.list('chunks', [queue, lane])) events.push(...(parseChunk(value)?.events ?? []))
    record.lanes[lane] = emptyLane()
  }
  for (const part of ['held', 'sent'] as const) {
    for (const held of await scheduled(rows, part)) {
      events.push(...(parseBody(await tx.get('bodies', [queue, held.id])) ?? []))
      removeBatch(rows, held)
    }
  }
  for (const table of ['chunks', 'batches', 'bodies', 'schedule', 'aside'] as const) tx.deleteRange(table, [queue])
  const count = record.pending
  addDropped(record.dropped, { [reason]: count })
  record.pending = 0
  record.size = 0
  record.inRequest = 0
  if (count > 0) rows.drops.push({ events, count, reason, detail: reason })
}
