/** What becomes of each event of a batch once its request has ended. */

import type { Millis, Random } from '../base/ports'
import type { DropReason } from '../base/reports'
import type { TransportSettings } from '../config/settings'
import type { EventJson } from '../event/event'
import { uuidOf } from '../event/event-json'
import type { Verdict } from '../protocol/verdict'
import type { BatchRecord } from './records'
import { abandonedPause, type Pause, pauseAfter } from './retry'

export interface DropGroup {
  events: EventJson[]
  /** The uuids of the events, where the events themselves are not at hand. */
  uuids?: string[]
  /** The number of events, where `events` does not hold them all. */
  count?: number
  reason: DropReason
  detail: string
  status?: number
}

export const countOf = (groups: readonly DropGroup[]) =>
  groups.reduce((sum, { events, count = events.length }) => sum + count, 0)

export interface Settlement {
  delivered: EventJson[]
  dropped: DropGroup[]
  /** Events to be sent again as the same batch, in order, and when. */
  kept?: { events: EventJson[]; pause: Pause; answered: boolean; unreachable: boolean }
  /** The halves of the batch after a 413, which become batches of their own. */
  split?: [EventJson[], EventJson[]]
  /** `failing` if the request failed as a whole: then other batches wait for the endpoint to recover. */
  endpoint: 'up' | 'failing'
}

export function settlementOf(
  verdict: Verdict,
  batch: Pick<BatchRecord, 'failures' | 'answered'>,
  events: EventJson[],
  settings: TransportSettings,
  now: Millis,
  random: Random,
): Settlement {
  switch (verdict.kind) {
    case 'delivered':
      return { delivered: events, dropped: [], endpoint: 'up' }
    case 'rejected':
      return { delivered: [], dropped: [{ events, reason: 'rejected', ...detailOf(verdict) }], endpoint: 'up' }
    case 'too_large':
      return tooLarge(events, verdict.status)
    case 'retry': {
      const answered = batch.answered + (verdict.answered ? 1 : 0)
      if (verdict.answered && answered > settings.maxRetries) {
        return { delivered: [], dropped: [exhausted(events, answered, verdict.cause)], endpoint: 'failing' }
      }
      const failures = batch.failures + 1
      const own = pauseAfter({ failures, retryAfter: verdict.retryAfter }, settings, now, random)
      const pause = verdict.abandoned ? { ...own, delayMs: abandonedPause(failures, settings) } : own
      const { answered: wasAnswered, online = true } = verdict
      return {
        delivered: [],
        dropped: [],
        kept: { events, pause, answered: wasAnswered, unreachable: !wasAnswered && online },
        endpoint: 'failing',
      }
    }
    case 'partial':
      return partial(verdict, batch, events, settings, now, random)
  }
}

const detailOf = ({ status, detail }: { status: number; detail: string }) => ({ status, detail })

const exhausted = (events: EventJson[], attempts: number, cause: string): DropGroup => ({
  events,
  reason: 'attempts_exhausted',
  detail: `${attempts} answered failures, the last: ${cause}`,
})

/** Halves a batch after a 413, until the event that is too large stands alone (docs/protocol.md §3.4). */
function tooLarge(events: EventJson[], status: number): Settlement {
  if (events.length === 1) {
    const detail = 'the server refused it alone as too large'
    return { delivered: [], dropped: [{ events, reason: 'too_large', detail, status }], endpoint: 'up' }
  }
  const half = Math.ceil(events.length / 2)
  return { delivered: [], dropped: [], split: [events.slice(0, half), events.slice(half)], endpoint: 'up' }
}

function partial(
  verdict: Extract<Verdict, { kind: 'partial' }>,
  batch: Pick<BatchRecord, 'failures' | 'answered'>,
  events: EventJson[],
  settings: TransportSettings,
  now: Millis,
  random: Random,
): Settlement {
  const of = (wanted: string) => events.filter((json) => (verdict.verdicts.get(uuidOf(json)) ?? 'delivered') === wanted)
  const settlement: Settlement = { delivered: of('delivered'), dropped: [], endpoint: 'up' }
  const rejected = of('rejected')
  const again = of('retry')
  if (rejected.length > 0) {
    const detail = verdict.details || 'dropped by the server'
    settlement.dropped.push({ events: rejected, reason: 'rejected', detail })
  }
  if (again.length === 0) return settlement
  if (batch.answered + 1 > settings.maxRetries) {
    settlement.dropped.push(exhausted(again, batch.answered + 1, 'the server asked for a retry'))
    return settlement
  }
  const pause = pauseAfter({ failures: batch.failures + 1, retryAfter: verdict.retryAfter }, settings, now, random)
  settlement.kept = { events: again, pause, answered: true, unreachable: false }
  return settlement
}
