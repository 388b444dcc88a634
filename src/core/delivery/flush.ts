/** One delivery attempt for all that is pending: a barrier that always settles (docs/protocol.md §4.5). */

import type { Clock } from '../base/ports'
import type { ClaimedBatch, Wanted } from '../queue/claim'
import type { Queue, Snapshot } from '../queue/queue'
import { countOf } from '../queue/settlement'
import type { ClaimLoop } from './claim-loop'
import type { EndpointHealth } from './endpoint-health'
import type { InFlight } from './in-flight'

/** What became of the events that were pending when the flush began. */
export interface Flushed {
  /** Events that the server has confirmed. */
  delivered: number
  /** Events that were not delivered: their attempt failed, or they had none. They are tried again later. */
  pending: number
  /** Events that were dropped; the event `drop` gives the reasons. */
  dropped: number
}

export interface FlushOptions {
  /** The flush resolves after this many ms at the latest. Default: once every event has had its attempt. */
  timeoutMs?: number
  /** Cuts a `Retry-After` short too: for the shutdown of a queue that does not outlive the process. Default false. */
  ignoreRetryAfter?: boolean
}

/** `halves`: the ids of the batches that were made of the sent batch. */
export type SettledListener = (sent: ClaimedBatch, delivered: number, dropped: number, halves: number[]) => void

/** The parts of a transport that a flush needs. */
export interface FlushParts {
  clock: Clock
  queue: Queue
  /** Functions to call with every batch that is settled. */
  listeners: Set<SettledListener>
  loop: ClaimLoop
  inFlight: InFlight
  health: EndpointHealth
}

export async function flush(
  parts: FlushParts,
  { timeoutMs, ignoreRetryAfter = false }: FlushOptions,
): Promise<Flushed> {
  const { clock, queue, listeners, loop, inFlight } = parts
  const { unreachable } = parts.health
  let snapshot: Snapshot = { pending: 0, before: 0, batches: [] }
  const tally = { delivered: 0, dropped: 0 }
  /** Parts of halved batches that had no attempt of their own yet, the next one last. */
  const unsettled: number[] = []
  const listener: SettledListener = ({ batch }, delivered, dropped, halves) => {
    if (batch.from >= snapshot.before) return
    unsettled.push(...[...halves].reverse())
    tally.delivered += delivered
    tally.dropped += dropped
  }
  listeners.add(listener)
  const deadline = timeoutMs === undefined ? undefined : clock.timer(timeoutMs)
  let over = false
  const enough = () => over || unreachable.isLong()

  async function claim(wanted: Wanted): Promise<boolean> {
    const { claimed, drops } = await loop.claim(wanted, enough)
    tally.dropped += countOf(drops)
    return claimed !== undefined
  }

  async function drain(): Promise<void> {
    snapshot = await queue.snapshot()
    if (snapshot.pending === 0) return
    unreachable.reset()
    for (const id of snapshot.batches) {
      if (enough()) break
      // A batch that this transport has in a request gets its attempt there, and must not go out twice.
      if (!inFlight.batches().has(id)) await claim({ kind: 'batch', id, ignoreRetryAfter })
    }
    for (let more = true; more && !enough(); ) more = await claim({ kind: 'forced', before: snapshot.before })
    await inFlight.allEnded()
    for (let id = unsettled.pop(); id !== undefined && !enough(); id = unsettled.pop()) {
      await claim({ kind: 'batch', id, ignoreRetryAfter })
      await inFlight.allEnded()
    }
  }

  // When storage fails everything stays pending, and the counts say so.
  const drained = drain().catch(() => undefined)
  await (deadline ? Promise.race([drained, deadline.done]) : drained)
  over = true
  deadline?.cancel()
  listeners.delete(listener)
  const { delivered, dropped } = tally
  return { delivered, dropped, pending: Math.max(0, snapshot.pending - delivered - dropped) }
}
