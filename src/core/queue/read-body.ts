/** Reads a batch's events, which are stored in a record of their own. */

import type { EventJson } from '../event/event'
import { sizeOf } from '../event/size-of'
import type { StoredBatch } from './batches'
import type { OpenQueue } from './open-queue'
import { parseBody } from './records'
import { recountLost } from './recount'

/**
 * Reads a batch's events. Where they cannot be read, or are not those that the batch's record counts, the queue is
 * counted anew: either of the two records may be the damaged one. Gives `undefined` if the batch is lost.
 */
export async function readBody(queue: OpenQueue, { id, batch }: StoredBatch): Promise<EventJson[] | undefined> {
  const events = parseBody(await queue.tx.get('bodies', [queue.key, id]))
  const size = sizeOf(events ?? [])
  if (events?.length === batch.count && size === batch.size) return events
  await recountLost(queue)
  if (events) Object.assign(batch, { count: events.length, size })
  return events
}
