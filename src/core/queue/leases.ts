/** The leases of batches: which sender has a batch in a request, and whether that sender is still alive. */

import { LEASE_MS } from '../base/limits'
import type { Millis } from '../base/ports'
import { IN_FLIGHT, putBatch, scheduled, unschedule } from './batches'
import type { Claimant } from './claim'
import type { OpenQueue } from './open-queue'
import type { Lease } from './records'
import { abandonedPause } from './retry'

/** How soon to check the lease of another living sender again, in ms. */
export const CHECK_LEASES_MS = 5_000

/**
 * Ends the leases of senders that died. `released`: whether it ended any. `checkAt`: when to check the leases of other
 * senders again.
 */
export async function releaseDeadLeases(
  queue: OpenQueue,
  { sender: me, senders }: Claimant,
): Promise<{ released: boolean; checkAt: Millis[] }> {
  const { record, now } = queue
  const checkAt: Millis[] = []
  let released = false
  if (!senders) return { released, checkAt }
  let inRequest = 0
  for (const { id, batch } of await scheduled(queue, IN_FLIGHT)) {
    const { lease, ...unleased } = batch
    if (!lease) continue
    const { sender, at } = lease
    if (sender === me ? senders.mine.has(id) : lives(lease, me, senders, now)) {
      inRequest += batch.count
      if (sender !== me) checkAt.push(senders.live ? now + CHECK_LEASES_MS : at + LEASE_MS)
      continue
    }
    released = true
    unschedule(queue, { id, batch })
    // A worker that died is replaced by one that lives on. Page after page may die with the batch in a request.
    const wait = isWorker(sender) || sender === me ? 0 : abandonedPause(batch.attempt, record.config.settings)
    // A lease from the future was taken before the clock was set back.
    putBatch(queue, id, { ...unleased, notBefore: at > now ? now : Math.max(now, at + wait) })
  }
  // `inRequest` is counted anew, because a damaged batch record cannot say whether it was in a request.
  record.inRequest = inRequest
  return { released, checkAt }
}

/** Whether the sender of a lease is alive, as far as the claiming sender `me` knows. */
function lives(
  { sender, at: since }: Lease,
  me: string,
  { live, askedAt }: NonNullable<Claimant['senders']>,
  now: Millis,
): boolean {
  // A sender takes its lock before its first lease, so `live` has every living sender of a lease from before `askedAt`.
  // A later lease is believed, unless it is further ahead than a lease lasts: then the clock has been set back since.
  if (live) return live.has(sender) || (since >= askedAt && since <= now + LEASE_MS)
  // Only one service worker of a registration runs at a time: an earlier one is dead.
  if (isWorker(sender) && isWorker(me)) return false
  return Math.abs(now - since) <= LEASE_MS
}

export const isWorker = (sender: string) => sender.startsWith('worker:')
