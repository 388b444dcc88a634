/** What a transaction did to the queue: the counters by how much they grew, and the events that came and went. */

import { type Dropped, totalDropped } from '../../../src/core/base/accounting'
import type { DropReason } from '../../../src/core/base/reports'
import type { QueueRecord } from '../../../src/core/queue/records'
import { replacedOf } from './accounting'
import type { QueueChange } from './facts'
import { type Form, formsThatExplain, together } from './handovers'
import type { Witness } from './witness'

interface Transaction {
  before: QueueRecord | undefined
  after: QueueRecord
  /** How often each event came to disk, less how often it left it. */
  moved: Map<string, number>
  events: Map<string, Witness>
  /** The forms of each handover that it committed, if it committed any. */
  forms: Form[][] | undefined
  /** A person has opted out. */
  mayRefuse: boolean
  onDisk: { stored: number; storedSize: number }
}

export function queueChange({ before, after, moved, events, forms, mayRefuse, onDisk }: Transaction): QueueChange {
  const had = before ?? { delivered: 0, dropped: {}, pending: 0 }
  const movedBy = (by: number) => [...moved].flatMap(([uuid, times]) => (times === by ? (events.get(uuid) ?? []) : []))
  const added = movedBy(1)
  const removed = movedBy(-1)
  const { dropped, fewer } = growth(had.dropped, after.dropped)
  const optedOut = dropped.opted_out ?? 0
  const accepted = acceptedOf(after) - acceptedOf(had)
  const erased = removed.length - replacedOf({ dropped, removed })
  const effect = { accepted, optedOut, removed: erased, dropped, added: added.map(({ uuid }) => uuid), mayRefuse }
  const committed = forms && formsThatExplain(effect, forms)
  const refused = together(committed ?? []).uuids.filter((uuid) => moved.get(uuid) !== 1)
  return {
    ...onDisk,
    after,
    repeated: [...moved].filter(([, times]) => Math.abs(times) > 1).map(([uuid, times]) => ({ uuid, times })),
    added,
    removed,
    accepted,
    delivered: after.delivered - had.delivered,
    dropped,
    fewer,
    isErasure: optedOut > 0,
    handedOver: forms && { forms, committed, refused: refused.flatMap((uuid) => events.get(uuid) ?? []) },
  }
}

const acceptedOf = ({ delivered, dropped, pending }: Pick<QueueRecord, 'delivered' | 'dropped' | 'pending'>) =>
  delivered + totalDropped(dropped) + pending

function growth(before: Dropped, after: Dropped): { dropped: Dropped; fewer: DropReason[] } {
  const dropped: Dropped = {}
  const fewer: DropReason[] = []
  for (const reason of Object.keys(after) as DropReason[]) {
    const more = (after[reason] ?? 0) - (before[reason] ?? 0)
    if (more < 0) fewer.push(reason)
    if (more > 0) dropped[reason] = more
  }
  return { dropped, fewer }
}
