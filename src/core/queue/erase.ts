/** Erases everything that a queue holds, in the caller's transaction. */

import { addDropped } from '../base/accounting'
import type { DropReason } from '../base/reports'
import type { EventJson } from '../event/event'
import { removeBatch, scheduled } from './batches'
import { LANES } from './handover'
import type { OpenQueue } from './open-queue'
import { emptyLane, parseBody, parseChunk } from './records'
import type { Rules } from './rules'

/** Does the erasure that a person asked for while no host was there. A host takes in nothing before it. */
export async function eraseIfOwed(queue: OpenQueue, rules: Rules): Promise<void> {
  if (!rules.eraseOwed) return
  await erase(queue, 'opted_out')
  queue.tx.put('rules', [queue.key], { ...rules, eraseOwed: false })
}

/** Drops all pending events for this reason. */
export async function erase(queue: OpenQueue, reason: DropReason): Promise<void> {
  const { tx, key, record } = queue
  const events: EventJson[] = []
  for (const lane of LANES) {
    for (const { value } of await tx.list('chunks', [key, lane])) events.push(...(parseChunk(value)?.events ?? []))
    record.lanes[lane] = emptyLane()
  }
  for (const part of ['held', 'sent'] as const) {
    for (const stored of await scheduled(queue, part)) {
      events.push(...(parseBody(await tx.get('bodies', [key, stored.id])) ?? []))
      removeBatch(queue, stored)
    }
  }
  for (const table of ['chunks', 'batches', 'bodies', 'schedule', 'aside'] as const) tx.deleteRange(table, [key])
  const count = record.pending
  addDropped(record.dropped, { [reason]: count })
  record.pending = 0
  record.size = 0
  record.inRequest = 0
  if (count > 0) queue.drops.push({ events, count, reason, detail: reason })
}
