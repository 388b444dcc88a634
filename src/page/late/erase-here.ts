/** Erases what a page and the device have of a person who refuses with `clear`. */

import type { Choice } from '../../client/first/consent'
import type { Front } from '../../client/first/front'
import type { HostClient } from '../../client/late/host-client'
import { backedUp } from './earlier-hosts'
import { eraseOthers } from './erase-others'
import { isWithoutDisk } from './heed-without-disk'
import type { Refusals } from './last-refusal'
import { removeOlderNames } from './older-names'
import type { StoragePorts } from './persistence'
import { removeBackups } from './recover-backups'
import type { Undelivered } from './undelivered'

export interface ErasingParts {
  front: Front
  /** The name of this page's queue. */
  queue: string
  ports: Pick<StoragePorts, 'ownJournal'>
  refusals: Refusals
  hostClient: Pick<HostClient, 'channel' | 'erase'>
  undelivered: Pick<Undelivered, 'clear'>
}

/**
 * Does what `LateDelivery.erase` promises. The first code has erased the person from the device and dropped the outbox
 * by then; a page with a journal has its events on disk erased by the rules there.
 */
export function eraseHere({ refused, at }: Choice, parts: ErasingParts): void {
  if (!refused) return
  const { front, queue, ports, refusals, hostClient, undelivered } = parts
  const { apiKey } = front.setup
  refusals.erased(at)
  if (!ports.ownJournal) refusals.heed({ refusedAt: at, erasedAt: at })
  if (front.ofConsent.choice.at !== at) {
    // The person has chosen again since. The rules on disk decide on the events there, and this code on those in
    // memory.
    if (ports.ownJournal && !isWithoutDisk(hostClient.channel)) return
    undelivered.clear(at)
    void hostClient.erase(at, true)
    return
  }
  if (ports.ownJournal) {
    for (const name of [queue, ...backedUp(apiKey)]) removeBackups(name)
    removeOlderNames(apiKey, true, true)
  } else void eraseOthers(front, { refused, at })
  void hostClient.erase(at)
}
