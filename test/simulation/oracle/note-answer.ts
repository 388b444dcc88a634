/** What an answer of the collector says of an event that was in the request. */

import type { Answer } from '../answers'
import { type Exchange, verdictAt } from '../exchange'
import type { Witness } from './witness'

/** Statuses that are tried again (docs/protocol.md §3.1). Written here anew: a check is no copy. */
const PASSING = new Set([408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])

/** @param index the place of the event in the request */
export function noteAnswer(witness: Witness, { uuids, format }: Exchange, answer: Answer, index: number): void {
  if (answer.kind === 'status') {
    if (answer.status === 413) witness.tooLargeAlone ||= uuids.length === 1
    else if (!PASSING.has(answer.status)) witness.rejected = true
  } else if (answer.kind === 'body') {
    witness.rejected ||= format === 'v1'
  } else if (answer.kind === 'ok') {
    witness.rejected ||= verdictAt(format, answer.verdicts, index) === 'drop'
  }
}
