/** An event is sent again only if an answer was lost, or its sender died or could not store what it learnt. */

import { Breach } from '../../support/breach'
import type { Sent } from './facts'
import { isExcused } from './lease'

export function duplicate(sent: Sent): Breach | undefined {
  const { events, leasesUnsure } = sent
  const { sender } = sent.exchange
  for (const { witness } of events) {
    const { uuid, exchanges, erasedBy, settled, inMemory } = witness
    const taken = exchanges.find(
      (earlier) => earlier.state === 'answered' && earlier.taken.has(uuid) && !isExcused(earlier, witness, sent),
    )
    if (taken) return breach(`${sender.name} sends ${uuid} again, which ${taken.sender.name} had delivered`)
    // Where leases are unsure, it may be settled while another sender, or the same one again, is about to send it.
    const isErasedElsewhere = erasedBy !== undefined && erasedBy !== sender
    if (settled && !inMemory && !isErasedElsewhere && !leasesUnsure) {
      return breach(`${sender.name} sends ${uuid} after it was settled`)
    }
  }
  return undefined
}

const breach = (detail: string) => new Breach('duplicate', detail)
