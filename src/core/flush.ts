/** One delivery attempt for all that is pending: a barrier that always settles (docs/protocol.md §4.5). */

import type { Clock } from './ports'
import type { Mark } from './queue'
import type { Claim, ClaimedBatch, Wanted } from './queue-claim'
import { countOf } from './settlement'

/** What became of the events that were pending when the flush began. `pending` ones are tried again later. */
export interface Flushed {
  delivered: number
  pending: number
  dropped: number
}

export interface FlushOptions {
  /** Resolves after this many ms at the latest. Default: when everything has had its attempt. */
  timeoutMs?: number
  /** Does not wait for a pause that the server asked for: there is no later. Default false. */
  overServer?: boolean
}

export type SettledListener = (sent: ClaimedBatch, delivered: number, dropped: number) => void

/** What a flush needs of its transport. */
export interface FlushParts {
  clock: Clock
  /** Told of every batch that is settled. */
  listeners: Set<SettledListener>
  mark(): Promise<Mark>
  /** Claims and starts a batch, in turn, unless it is `unwanted` by then. */
  claim(wanted: Wanted, unwanted: () => boolean): Promise<Claim>
  inFlight(id: number): boolean
  /** Resolves once every request that is in flight now has ended. */
  landed(): Promise<unknown>
  /** From here on, requests that find nobody count towards `hopeless`. */
  startCounting(): void
  /** Whether nobody is there, and the rest may be left for later. */
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
      // What is in a request now has its attempt, and must not go out twice.
      if (!parts.inFlight(id)) await claim({ kind: 'batch', id, overServer })
    }
    for (let more = true; more && !enough(); ) more = await claim({ kind: 'forced', before: mark.before })
    await parts.landed()
  }

  // Storage that fails leaves everything pending, which is what the counts then say.
  const drained = drain().catch(() => undefined)
  await (deadline ? Promise.race([drained, deadline.done]) : drained)
  over = true
  deadline?.cancel()
  listeners.delete(listener)
  const { delivered, dropped } = tally
  return { delivered, dropped, pending: Math.max(0, mark.pending - delivered - dropped) }
}
