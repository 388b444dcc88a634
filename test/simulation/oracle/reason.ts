/** An event is dropped for a reason that applies to it. */

import type { DropReason } from '../../../src/core/base/reports'
import { Breach } from '../../support/breach'
import { refusedOf } from './accounting'
import type { Commit, QueueChange } from './facts'
import { together } from './handovers'
import { justified } from './justified'

/** Those for which a queue refuses what is handed over. */
const OF_BOUNDS = new Set<DropReason>(['queue_full', 'too_large'])

export function reason(commit: Commit): Breach | undefined {
  const { queue, refusals } = commit
  if (!queue) return undefined
  if (queue.handedOver) return ofHandovers(queue, refusals > 0)
  for (const [why, count] of Object.entries(queue.dropped) as [DropReason, number][]) {
    const possible = queue.removed.filter((witness) => justified(witness, why, commit)).length
    if (possible < count) return breach(`${count} dropped as ${why}, ${possible} may be`)
  }
  return undefined
}

function ofHandovers(queue: QueueChange, mayRefuse: boolean): Breach | undefined {
  const committed = queue.handedOver?.committed
  if (!committed) return undefined
  for (const [why, count] of Object.entries(refusedOf(queue, together(committed))) as [DropReason, number][]) {
    const isAllowed = OF_BOUNDS.has(why) || why === 'replaced' || (why === 'opted_out' && mayRefuse)
    if (count > 0 && !isAllowed) return breach(`a handover was refused as ${why}`)
  }
  return undefined
}

const breach = (detail: string) => new Breach('reason', detail)
