/** Has a later request of a relay take the place of an earlier one that has the same key (`dedupe`). */

import type { EventJson } from '../event/event'
import { keyOf } from '../event/relay-record'
import { sizeOf } from '../event/size-of'
import type { Lane } from './handover'
import { leave } from './lanes'
import { dropPending, type OpenQueue } from './open-queue'
import { parseChunk } from './records'

/** The most keys of a queue that are remembered: of one that was forgotten, both requests are sent. */
const MAX_KEYS = 500

/**
 * Drops the request that has the key of the one in the chunk `id`, unless it has been tried: the server may have taken it.
 * A relay's chunks hold one request each.
 */
export async function replaceEarlier(queue: OpenQueue, lane: Lane, id: number, json: EventJson): Promise<void> {
  const { tx, record } = queue
  const key = keyOf(json)
  if (key === undefined) return
  const known = new Map(record.keys)
  const row = [queue.key, lane, known.get(key) ?? 0]
  const chunk = parseChunk(await tx.get('chunks', row))
  if (chunk?.events[0] !== undefined && keyOf(chunk.events[0]) === key) {
    tx.delete('chunks', row)
    leave(record.lanes[lane], chunk.events.length, sizeOf(chunk.events), 1)
    dropPending(queue, { events: chunk.events, reason: 'replaced', detail: 'a later request has the same key' })
  }
  known.delete(key)
  known.set(key, id)
  record.keys = [...known].slice(-MAX_KEYS)
}
