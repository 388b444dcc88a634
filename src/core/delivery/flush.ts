/** One delivery attempt for all that is pending: a barrier that always settles (docs/protocol.md §4.5). */

import type { Clock } from '../base/ports'
import type { Claim, ClaimedBatch, Wanted } from '../queue/claim'
import type { Mark } from '../queue/queue'
import { countOf } from '../queue/settlement'

/** What became of the events that were pending when the flush began. */
export interface Flushed {
  /** Events that the server has confirmed. */
  delivered: number
  /** Events whose attempt failed. They are tried again later. */
  pending: number
  /** Events that were dropped; the event `drop` gives the reasons. */
  dropped: number
}

export interface FlushOptions {
  /** The flush resolves after this many ms at the latest. Default: once every event has had its attempt. */
  timeoutMs?: number
  /** Cuts a `Retry-After` short too: for the shutdown of a queue that does not outlive the process. Default false. */
  overServer?: boolean
}

export type SettledListener = (sent: ClaimedBatch, delivered: number, dropped: number) => void

/** The parts of a transport that a flush needs. */
export interface FlushParts {
  clock: Clock
  /** Functions to call with every batch that is settled. */
  listeners: Set<SettledListener>
  mark(): Promise<Mark>
  /** Claims one batch in its turn and starts the request. Claims nothing if `unwanted()` is true by then. */
  claim(wanted: Wanted, unwanted: () => boolean): Promise<Claim>
  /** Whether this transport has the batch in a request. */
  inFlight(id: number): boolean
  /** Resolves once every request that is in flight now has ended. */
  landed(): Promise<unknown>
  /** Sets the count of unreachable requests to zero, by which `hopeless` goes. */
  startCounting(): void
  /** Whether so many requests in a row did not reach the endpoint that the flush ends early. */
  hopeless(): boolean
}

export async function flush(parts: FlushParts, { timeoutMs, overServer = false }: FlushOptions): Promise<Flushed> {
  const { clock, listeners } = parts
  let mark: Mark = { pending: 0, before: 0, batches: [] }
  const tally = { delivered: 0, dropped: 0 }
  const listener: SettledListener = ({ batch }, delivered, dropped) => {
    if (batch.from >= mark.before) return
    tally.delivered += delivered
    tally.dropped += dropped
  }
  listeners.add(listener)
  const deadline = timeoutMs === undefined ? undefined : clock.timer(timeoutMs)
  let over = false
  const enough = () => over || parts.hopeless()

  async function claim(wanted: Wanted): Promise<boolean> {
    const { claimed, drops } = await parts.claim(wanted, enough)
    tally.dropped += countOf(drops)
    return claimed !== undefined
  }

  async function drain(): Promise<void> {
    mark = await parts.mark()
    if (mark.pending === 0) return
    parts.startCounting()
    for (const id of mark.batches) {
      if (enough()) break
      // A batch that this transport has in a request gets its attempt there, and must not go out twice.
      if (!parts.inFlight(id)) await claim({ kind: 'batch', id, overServer })
    }
    for (let more = true; more && !enough(); ) more = await claim({ kind: 'forced', before: mark.before })
    await parts.landed()
  }

  // When storage fails everything stays pending, and the counts say so.
  const drained = drain().catch(() => undefined)
  await (deadline ? Promise.race([drained, deadline.done]) : drained)
  over = true
  deadline?.cancel()
  listeners.delete(listener)
  const { delivered, dropped } = tally
  return { delivered, dropped, pending: Math.max(0, mark.pending - delivered - dropped) }
}
