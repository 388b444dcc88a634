/** Takes handovers into a queue, from a page's message or from the journal, and reports what became of their events. */

import type { QueueConfig } from '../config/queue-config'
import type { Appended } from '../queue/append'
import type { Handover } from '../queue/handover'
import type { Queue } from '../queue/queue'
import type { DropGroup } from '../queue/settlement'
import type { Changes } from './changes'
import type { InFlight } from './in-flight'
import { detailOf, reportDrops } from './report-drops'
import type { SeenQueue } from './seen-queue'
import type { TransportPorts } from './transport-ports'

/** The parts of a transport that taking in needs. */
export interface TakeInParts {
  queue: Queue
  ports: TransportPorts
  seen: SeenQueue
  changes: Changes
  inFlight: InFlight
}

/** Ends all requests where an erasure that was owed has erased events: a request may be carrying them. */
function endErased({ inFlight }: TakeInParts, drops: DropGroup[]): void {
  if (drops.some(({ reason, events }) => reason === 'opted_out' && events.length > 0)) inFlight.abort()
}

export async function append(
  parts: TakeInParts,
  config: QueueConfig | undefined,
  handover: Handover,
): Promise<Appended> {
  const { queue, ports, seen, changes } = parts
  const { clock, report } = ports
  const appended = await queue.append(config, handover, clock.now())
  seen.doubt()
  if (appended.kind === 'unknown_queue') return appended
  if (config) seen.config = config
  if (appended.kind === 'out_of_order') return appended
  const { accepted, refused, drops, pending } = appended
  endErased(parts, drops)
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
export async function takeUp(parts: TakeInParts): Promise<void> {
  const { queue, ports, seen, changes } = parts
  const { clock, report } = ports
  for (let more = true; more; ) {
    const taken = await queue.takeUp(clock.now())
    if (!taken) return
    seen.doubt()
    endErased(parts, taken.drops)
    seen.pending = taken.pending
    if (taken.accepted.length > 0) report({ type: 'queued', uuids: taken.accepted })
    reportDrops(report, taken.drops)
    if (taken.accepted.length > 0) changes.announce()
    await queue.clearJournal(taken.taken)
    more = taken.more
  }
}
