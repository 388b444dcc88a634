/** Takes handovers into a queue, from a page's message or from the journal, and reports what became of their events. */

import type { QueueConfig } from '../config/queue-config'
import type { Appended } from '../queue/append'
import type { Handover } from '../queue/handover'
import type { Queue } from '../queue/queue'
import type { Changes } from './changes'
import type { SeenQueue } from './claim-loop'
import { detailOf, reportDrops } from './report-drops'
import type { TransportPorts } from './transport-ports'

/** The parts of a transport that taking in needs. */
export interface TakeInParts {
  queue: Queue
  ports: TransportPorts
  seen: SeenQueue
  changes: Changes
}

export async function append(
  { queue, ports: { clock, report }, seen, changes }: TakeInParts,
  config: QueueConfig | undefined,
  handover: Handover,
): Promise<Appended> {
  const appended = await queue.append(config, handover, clock.now())
  if (appended.kind === 'unknown_queue') return appended
  if (config) seen.config = config
  if (appended.kind === 'out_of_order') return appended
  const { accepted, refused, drops, pending } = appended
  seen.pending = pending
  reportDrops(report, drops)
  if (accepted.length > 0) report({ type: 'queued', uuids: accepted })
  for (const { reason, uuids } of refused) {
    report({ type: 'drop', uuids, count: uuids.length, reason, detail: detailOf(reason) })
  }
  changes.announce()
  return appended
}

/** Takes up the queue's journal, a bounded number of handovers in each transaction. */
export async function takeUp({ queue, ports: { clock, report }, seen, changes }: TakeInParts): Promise<void> {
  for (let more = true; more; ) {
    const taken = await queue.takeUp(clock.now())
    if (!taken) return
    seen.pending = taken.pending
    if (taken.accepted.length > 0) report({ type: 'queued', uuids: taken.accepted })
    reportDrops(report, taken.drops)
    if (taken.accepted.length > 0) changes.announce()
    await queue.clearJournal(taken.taken)
    more = taken.more
  }
}
