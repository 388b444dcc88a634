/** What becomes of each event of a batch once its request has ended. */

import type { Millis, Random } from '../base/ports'
import type { DropReason } from '../base/reports'
import type { TransportSettings } from '../config/settings'
import type { EventJson } from '../event/event'
import { uuidOf } from '../event/event-json'
import { BAD_REQUEST, type Verdict } from '../protocol/verdict'
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
  /** When the events that are left are sent again, as the same batch. Absent where no event is to be sent again. */
  kept?: { pause: Pause; answered: boolean; unreachable: boolean; instant: boolean }
  /** The halves of the batch after a 413 or a 400, which become batches of their own. */
  split?: [EventJson[], EventJson[]]
  /**
   * What becomes of the batch after a 400, if it cannot be halved, or if the server refuses everything: see
   * `REFUSED_ENOUGH`.
   */
  refused?: DropGroup
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
      return rejected(events, verdict)
    case 'unfit': {
      const { reason, detail } = verdict
      return { delivered: [], dropped: [{ events, reason, detail }], endpoint: 'up' }
    }
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
      const { answered: wasAnswered, online = true, instant = false } = verdict
      return {
        delivered: [],
        dropped: [],
        kept: { pause, answered: wasAnswered, unreachable: !wasAnswered && online, instant },
        endpoint: 'failing',
      }
    }
    case 'partial':
      return partial(verdict, batch, events, settings, now, random)
  }
}

const exhausted = (events: EventJson[], attempts: number, cause: string): DropGroup => ({
  events,
  reason: 'attempts_exhausted',
  detail: `${attempts} answered failures, the last: ${cause}`,
})

/**
 * A server refuses a whole batch with 400 for one event: halved until that event stands alone (docs/protocol.md §3.4).
 */
function rejected(events: EventJson[], { status, detail }: Extract<Verdict, { kind: 'rejected' }>): Settlement {
  const group: DropGroup = { events, reason: 'rejected', status, detail }
  if (status !== BAD_REQUEST) return { delivered: [], dropped: [group], endpoint: 'up' }
  const halved = events.length > 1 ? { split: halvesOf(events) } : {}
  return { delivered: [], dropped: [], refused: group, ...halved, endpoint: 'up' }
}

function halvesOf(events: EventJson[]): [EventJson[], EventJson[]] {
  const half = Math.ceil(events.length / 2)
  return [events.slice(0, half), events.slice(half)]
}

/** Halves a batch after a 413, until the event that is too large stands alone (docs/protocol.md §3.4). */
function tooLarge(events: EventJson[], status: number): Settlement {
  if (events.length === 1) {
    const detail = 'the server refused it alone as too large'
    return { delivered: [], dropped: [{ events, reason: 'too_large', detail, status }], endpoint: 'up' }
  }
  return { delivered: [], dropped: [], split: halvesOf(events), endpoint: 'up' }
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
  settlement.kept = { pause, answered: true, unreachable: false, instant: false }
  return settlement
}
