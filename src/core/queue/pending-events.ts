/** The events that a database still has: when a host in memory ends, they go to another host. */

import type { Key, Millis, Transaction } from '../base/ports'
import type { EventJson, WireFormat } from '../event/event'
import type { Lane } from './handover'
import { isLane, parseBatch, parseBody, parseChunk } from './records'

/** Events that can share a handover. */
export interface PendingEvents {
  lane: Lane
  format: WireFormat
  capturedAt: Millis
  skew: number
  events: EventJson[]
}

/** Events of a batch come first, because they were captured first. What cannot be read is left out. */
export async function pendingEvents(tx: Pick<Transaction, 'get' | 'list'>): Promise<PendingEvents[]> {
  const pending: PendingEvents[] = []
  const add = (lane: Key[number] | undefined, found: Omit<PendingEvents, 'lane'> | undefined) => {
    if (found && isLane(lane)) pending.push({ lane, ...found })
  }
  for (const { key, value } of await tx.list('batches', [])) {
    const batch = parseBatch(value)
    const events = parseBody(await tx.get('bodies', key)) ?? []
    add(batch?.lane, batch && { format: batch.format, capturedAt: batch.capturedAt, skew: batch.skew, events })
  }
  for (const { key, value } of await tx.list('chunks', [])) {
    const chunk = parseChunk(value)
    add(key[1], chunk && { format: chunk.format, capturedAt: chunk.capturedAt, skew: chunk.skew, events: chunk.events })
  }
  return pending
}
