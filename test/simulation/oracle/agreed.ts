/** P5, P10: what was captured in agreement is not dropped because of an earlier choice. */

import { totalDropped } from '../../../src/core/base/accounting'
import { Breach } from '../../support/breach'
import { refusedOf } from './accounting'
import type { Commit, QueueChange } from './facts'
import { together } from './handovers'
import type { Witness } from './witness'

export function agreed({ queue, choices }: Facts): Breach | undefined {
  if (!queue) return undefined
  const dropped = [...refusedForChoice(queue), ...erased(queue)]
  const wronged = dropped.find(({ page, turn }) => choices.isAgreed(page, turn))
  if (!wronged) return undefined
  const { uuid, page } = wronged
  return new Breach('agreed', `${uuid} of ${page.name} was dropped as opted_out, and the person agreed`)
}

type Change = Pick<QueueChange, 'added' | 'removed' | 'dropped' | 'isErasure' | 'handedOver'>

interface Facts extends Pick<Commit, 'choices'> {
  queue: Change | undefined
}

/** What a queue did not take of a handover, where the person's choice is the reason of all of it. */
function refusedForChoice(queue: Change): Witness[] {
  const { handedOver } = queue
  if (!handedOver?.committed) return []
  const reasons = refusedOf(queue, together(handedOver.committed))
  const count = totalDropped(reasons)
  return count > 0 && count === reasons.opted_out ? handedOver.refused : []
}

/** What left the queue for the person's choice. */
function erased({ isErasure, added, removed }: Change): Witness[] {
  return isErasure && added.length === 0 ? removed : []
}
