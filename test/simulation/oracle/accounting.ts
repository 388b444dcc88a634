/** accepted = delivered + dropped + pending, and the counters are what is on disk, in count and size. */

import { type Dropped, type Stats, totalDropped } from '../../../src/core/base/accounting'
import { Breach } from '../../support/breach'
import type { Commit, QueueChange } from './facts'
import { type Form, together } from './handovers'

export function accounting({ queue, withoutQueue, refusals }: Commit): Breach | undefined {
  if (withoutQueue) return breach('events without a queue')
  if (!queue) return undefined
  const { after, stored, storedSize, fewer, handedOver } = queue
  if (after.pending !== stored) return breach(`${after.pending} events are pending, ${stored} are on disk`)
  if (after.size !== storedSize) return breach(`a size of ${after.size}, ${storedSize} are on disk`)
  if (fewer.length > 0) return breach(`fewer events dropped as ${fewer[0]} than before`)
  return handedOver ? ofHandovers(queue, handedOver.committed, refusals > 0) : withoutHandover(queue)
}

/** The counts that a client gives of itself. */
export function balanced({ counts, of }: { counts: Stats; of: string }): Breach | undefined {
  const { accepted, delivered, pending, dropped } = counts
  if (accepted === delivered + totalDropped(dropped) + pending && pending >= 0) return undefined
  return breach(`${of}: ${JSON.stringify({ accepted, delivered, pending, dropped })}`)
}

function ofHandovers(queue: QueueChange, committed: Form[] | undefined, mayRefuse: boolean): Breach | undefined {
  const { accepted, delivered, added } = queue
  const removed = queue.removed.length - replacedOf(queue)
  if (!committed) return breach(`${accepted} accepted of handovers of other events`)
  if ((removed > 0 && !mayRefuse) || delivered > 0) return breach('a handover took events out')
  const handover = together(committed)
  const counted = totalDropped(refusedOf(queue, handover))
  const refused = handover.uuids.length - added.length
  return counted === refused ? undefined : breach(`${counted} counted as refused, ${refused} were`)
}

/** What the queue refused of a handover, by reason: neither dropped by its page, nor taken out of the queue with it. */
export function refusedOf({ dropped, removed }: Pick<QueueChange, 'dropped' | 'removed'>, handover: Form): Dropped {
  const refused: Dropped = {}
  for (const [reason, count] of Object.entries(dropped) as [keyof Dropped, number][]) {
    const replaced = replacedOf({ dropped, removed })
    const gone = reason === 'opted_out' ? removed.length - replaced : reason === 'replaced' ? replaced : 0
    refused[reason] = count - (handover.dropped[reason] ?? 0) - gone
  }
  return refused
}

/**
 * Those that a handover took out of the queue because a later request has their key. Beside an erasure all that went are taken to be
 * erased: what was there before it has no key to be replaced by any more.
 */
export function replacedOf({ dropped, removed }: Pick<QueueChange, 'dropped' | 'removed'>): number {
  return dropped.replaced && !dropped.opted_out ? removed.length : 0
}

function withoutHandover({ accepted, delivered, dropped, removed }: QueueChange): Breach | undefined {
  if (accepted !== 0) return breach(`${accepted} events were accepted without a handover`)
  if (delivered + totalDropped(dropped) === removed.length) return undefined
  return breach(`${removed.length} events went, ${delivered} delivered and ${JSON.stringify(dropped)}`)
}

const breach = (detail: string) => new Breach('accounting', detail)
