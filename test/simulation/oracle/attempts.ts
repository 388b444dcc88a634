/** Attempts of a batch are contiguous, on disk and on the wire, and a retry brings no events of its own. */

import { Breach } from '../../support/breach'
import type { Commit, Sent } from './facts'

export function attempts({ batches }: Pick<Commit, 'batches'>): Breach | undefined {
  for (const { before: old, after: now } of batches) {
    if (!now) continue
    const { lease } = now
    const isNew = lease && (old?.lease?.sender !== lease.sender || old.lease.at !== lease.at)
    if (isNew && now.attempt !== (old?.attempt ?? 0) + 1) {
      return breach(`a batch was leased for attempt ${now.attempt} after ${old?.attempt ?? 0}`)
    }
    if (!lease && old && now.attempt !== old.attempt) {
      return breach(`attempt ${old.attempt} became ${now.attempt} without a lease`)
    }
    if (old && old.requestId !== now.requestId) return breach('a batch changed its request id')
  }
  return undefined
}

export function attemptsOnWire({ exchange, attempt: sent, leasesUnsure }: Sent): Breach | undefined {
  if (!sent) return undefined
  const { attempt, last } = sent
  if (!Number.isSafeInteger(attempt) || attempt < 1) return breach(`attempt ${attempt} on the wire`)
  if (!last) return undefined
  const isLate = attempt <= last.attempt
  // A sender whose lock was taken comes late with the attempt that it had.
  if (isLate && leasesUnsure) return undefined
  if (isLate) return breach(`${exchange.sender.name} sends attempt ${attempt} after ${last.attempt}`)
  return exchange.uuids.some((uuid) => !last.uuids.has(uuid)) ? breach('a retry has events of its own') : undefined
}

const breach = (detail: string) => new Breach('attempts', detail)
