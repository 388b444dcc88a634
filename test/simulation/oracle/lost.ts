/** An event leaves the disk only delivered, and the collector has it, or dropped. */

import type { DropReason } from '../../../src/core/base/reports'
import { Breach } from '../../support/breach'
import type { Chosen, Commit, QueueChange } from './facts'
import { type Form, givenUp } from './handovers'
import { justified } from './justified'
import { isKept } from './kept'
import type { Witness } from './witness'

export function lost(commit: Commit): Breach | undefined {
  const { queue } = commit
  if (!queue) return undefined
  if (queue.handedOver) return ofHandovers(queue.handedOver)
  const { removed, delivered, dropped } = queue
  const reasons = Object.keys(dropped) as DropReason[]
  const gone = removed.find(
    (witness) => !isTaken(witness) && !reasons.some((reason) => justified(witness, reason, commit)),
  )
  if (gone) {
    return breach(`${gone.uuid} left the disk (${JSON.stringify({ delivered, ...dropped })}), and nobody has it`)
  }
  const taken = removed.filter(isTaken).length
  return delivered > taken ? breach(`${delivered} are said to be delivered, the endpoint took ${taken}`) : undefined
}

const isTaken = ({ beaconed, taken }: Witness) => beaconed || taken > 0

/** What a page took out of a handover that it was asked to forget, or out of a backup, is counted in it. */
function ofHandovers({ forms, committed }: NonNullable<QueueChange['handedOver']>): Breach | undefined {
  for (const [index, form] of committed?.entries() ?? []) {
    const { size } = givenUp(form, forms[index] as Form[])
    const { opted_out = 0, expired = 0 } = form.dropped
    const counted = opted_out + expired
    if (size > counted) return breach(`${size} were taken out of a handover, ${counted} are counted`)
  }
  return undefined
}

/** A row of the journal may go once what is in it is in the queue, or will never be: after the commit is noted. */
export function lostFromJournal({
  by,
  leftJournal,
  refusals,
  choices,
}: Pick<Commit, 'by' | 'leftJournal' | keyof Chosen>): Breach | undefined {
  const gone = leftJournal.find((witness) => witness.journaled === 0 && isKept(witness, { refusals, choices }))
  return gone && breach(`${by.name} took ${gone.uuid} out of the journal, and no queue has it`)
}

const breach = (detail: string) => new Breach('lost', detail)
