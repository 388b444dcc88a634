/**
 * What a page that stores does about an erasure elsewhere while its disk fails it: the queue is in the memory of its
 * host then, where no stored rules hold. The page may hear of the erasure only after a later consent, as one in the
 * back/forward cache does.
 */

import type { Channel } from '../../client/late/channel'
import type { HostClient } from '../../client/late/host-client'
import type { Refusals } from './last-refusal'
import type { Undelivered } from './undelivered'

/** Whether the queue of a page that stores is in its memory. */
export const isWithoutDisk = (channel: Channel | undefined): boolean => channel?.storage === 'memory'

/** @param channel to the host that the page has, or is about to have */
export function heedWithoutDisk(
  channel: Channel | undefined,
  refusals: Refusals,
  hostClient: Pick<HostClient, 'erase'>,
  undelivered: Pick<Undelivered, 'clear'>,
): void {
  const { erasedAt } = refusals.last
  if (!isWithoutDisk(channel) || erasedAt <= refusals.heeded.erasedAt) return
  refusals.heed(refusals.last)
  undelivered.clear(erasedAt)
  void hostClient.erase(erasedAt, true)
}
