/** Whether a reason for a drop applies to an event: shared by `lost` and `reason`. */

import { BATCH_AGE_SHARE, BATCH_AGE_SPAN } from '../../../src/core/base/limits'
import type { DropReason } from '../../../src/core/base/reports'
import { UNWANTED } from '../unwanted'
import type { Commit } from './facts'
import { REFUSED_ENOUGH } from './note-answer'
import type { Witness } from './witness'

/** Whether a request has a header that may not be stored any more. */
const isOutlived = ({ request, timestamp }: Witness, wall: number): boolean =>
  wall - Date.parse(timestamp) > (request?.limitMs ?? Number.POSITIVE_INFINITY)

/** An event's age counts from the begin of the transaction that took it, which may take this long to be committed, in ms. */
const SLOW_COMMIT_MS = 60_000

/** An event expires with the oldest one of its batch. */
const expiresAfter = (maxEventAge: number): number =>
  maxEventAge - Math.min(BATCH_AGE_SPAN, maxEventAge * BATCH_AGE_SHARE) - SLOW_COMMIT_MS

export function justified(
  witness: Witness,
  reason: DropReason,
  {
    settings,
    wall,
    refusals,
    setBackMs,
    refusedAlone,
  }: Pick<Commit, 'settings' | 'wall' | 'refusals' | 'setBackMs' | 'refusedAlone'>,
): boolean {
  const { maxEventAge, maxRetries, maxEventBytes } = settings
  switch (reason) {
    case 'rejected':
      // The 400 may have come before that of the last event that was refused alone.
      return witness.rejected || (witness.badRequest && refusedAlone >= REFUSED_ENOUGH)
    case 'too_large':
      return witness.tooLargeAlone || [...witness.wire.values()].some(({ length }) => length > maxEventBytes)
    case 'expired':
      return wall - (witness.committedAt ?? 0) > expiresAfter(maxEventAge) || isOutlived(witness, wall + setBackMs)
    case 'attempts_exhausted':
      return witness.requests > maxRetries
    case 'before_send':
      return witness.name.includes(UNWANTED)
    case 'opted_out':
      return refusals > 0
    default:
      return false
  }
}
