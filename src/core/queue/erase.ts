/** Drops what a queue holds, in the caller's transaction: for an erasure, or when the queue ends. */

import { addDropped } from '../base/accounting'
import type { Millis } from '../base/ports'
import type { DropReason } from '../base/reports'
import type { EventJson } from '../event/event'
import type { OpenQueue } from './open-queue'
import { parseBatch, parseBody, parseChunk } from './records'
import { recount } from './recount'
import type { Rules } from './rules'

/** Does the erasure that a person asked for while no host was there. A host takes in nothing before that erasure. */
export async function eraseIfOwed(queue: OpenQueue, rules: Rules): Promise<void> {
  if (!rules.eraseOwed) return
  await dropCapturedBefore(queue, 'opted_out', rules.erase)
  queue.tx.put('rules', [queue.key], { ...rules, eraseOwed: false })
}

/**
 * Drops pending events for this reason: those captured before that moment, or all. A batch goes as a whole, with its
 * oldest events, and so does what cannot be read. What was captured in the future was captured before the device's
 * clock was set back, so it goes too.
 */
export async function dropCapturedBefore(
  queue: OpenQueue,
  reason: DropReason,
  before = Number.POSITIVE_INFINITY,
): Promise<void> {
  const { tx, key, record, now } = queue
  const events: EventJson[] = []
  const stays = (found: { capturedAt: Millis } | undefined) =>
    found !== undefined && found.capturedAt >= before && found.capturedAt <= now
  for (const row of await tx.list('chunks', [key])) {
    const chunk = parseChunk(row.value)
    if (stays(chunk)) continue
    events.push(...(chunk?.events ?? []))
    tx.delete('chunks', row.key)
  }
  const kept = new Set<unknown>()
  for (const row of await tx.list('batches', [key])) {
    if (stays(parseBatch(row.value))) kept.add(row.key[1])
    else tx.delete('batches', row.key)
  }
  for (const row of await tx.list('bodies', [key])) {
    if (kept.has(row.key[1])) continue
    events.push(...(parseBody(row.value) ?? []))
    tx.delete('bodies', row.key)
  }
  tx.deleteRange('aside', [key])
  const { pending } = record
  await recount(queue)
  const count = Math.max(0, pending - record.pending)
  addDropped(record.dropped, { [reason]: count })
  if (count > 0) queue.drops.push({ events, count, reason, detail: reason })
}
