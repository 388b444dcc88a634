/** What an answer of the collector says of an event that was in the request. */

import type { Answer } from '../answers'
import { type Exchange, verdictAt } from '../exchange'
import type { Witness } from './witness'

/** Statuses that are tried again (docs/protocol.md §3.1). Written here anew: a check is no copy. */
const isPassing = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500

/** After so many events that were refused alone, a whole batch may be given up for a 400. */
export const REFUSED_ENOUGH = 8

export const isBadRequest = (answer: Answer) =>
  answer.kind === 'culprit' || (answer.kind === 'status' && answer.status === 400)

/**
 * @param index the place of the event in the request
 * @param refusedAlone events that were alone in a request that was answered with 400, so far
 */
export function noteAnswer(
  witness: Witness,
  { uuids, format }: Exchange,
  answer: Answer,
  index: number,
  refusedAlone: number,
): void {
  witness.badRequest = isBadRequest(answer)
  if (witness.badRequest) {
    witness.rejected ||= uuids.length === 1 || refusedAlone >= REFUSED_ENOUGH
  } else if (answer.kind === 'status') {
    if (answer.status === 413) witness.tooLargeAlone ||= uuids.length === 1
    else if (!isPassing(answer.status)) witness.rejected = true
  } else if (answer.kind === 'body') {
    witness.rejected ||= format === 'v1'
  } else if (answer.kind === 'ok') {
    witness.rejected ||= verdictAt(format, answer.verdicts, index) === 'drop'
  }
}
