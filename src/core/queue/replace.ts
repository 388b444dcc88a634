/** Has a later request of a relay take the place of an earlier one that has the same key (`dedupe`). */

import type { EventJson } from '../event/event'
import { keyOf } from '../event/relay-record'
import { sizeOf } from '../event/size-of'
import type { Lane } from './handover'
import { leave } from './lanes'
import { dropPending, type OpenQueue } from './open-queue'
import { parseChunk } from './records'

/** The most keys that a queue remembers: where a key was forgotten, both of its requests are sent. */
const MAX_KEYS = 500

/**
 * Of two requests with the same key, one of them in the chunk `id`, drops the one that was handed over earlier, unless
 * it has been tried: the server may have taken it. The host may hear of the earlier request last, from a tab that is
 * slow to start. A relay's chunks hold one request each.
 */
export async function dropEarlier(queue: OpenQueue, lane: Lane, id: number, json: EventJson): Promise<void> {
  const { tx, record, now } = queue
  const given = keyOf(json)
  if (!given) return
  const known = new Map(record.keys)
  const before = known.get(given.key) ?? 0
  const [held] = parseChunk(await tx.get('chunks', [queue.key, lane, before]))?.events ?? []
  const other = held === undefined ? undefined : keyOf(held)
  let stays = id
  if (held !== undefined && other?.key === given.key) {
    // A moment that is still to come was noted before the clock was set back, and says nothing.
    const isLate = other.at > given.at && other.at <= now
    const events = [isLate ? json : held]
    if (isLate) stays = before
    tx.delete('chunks', [queue.key, lane, isLate ? id : before])
    leave(record.lanes[lane], 1, sizeOf(events), 1)
    dropPending(queue, { events, reason: 'replaced', detail: 'a later request has the same key' })
  }
  known.delete(given.key)
  known.set(given.key, stays)
  record.keys = [...known].slice(-MAX_KEYS)
}
