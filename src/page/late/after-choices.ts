/** Knows when the person's choices are on disk, from the steps that the page has taken on the stored rules. */

import type { AfterChoices } from '../../client/late/host-client-ports'
import type { Clock } from '../../core/base/ports'
import { within } from '../../core/base/within'

/**
 * A disk that takes longer than this many ms for a choice is not waited for: the journal holds the event to the choice.
 */
const CHOICE_LIMIT_MS = 3_000

/** @param latest the step on the rules that was taken last; it never rejects */
export function createAfterChoices(latest: () => Promise<void> | undefined, clock: Clock): AfterChoices {
  let heeded: Promise<void> | undefined
  const isSettled = () => latest() === heeded
  return {
    isSettled,
    async settled() {
      while (!isSettled()) {
        const step = latest()
        await within(CHOICE_LIMIT_MS, step, clock)
        heeded = step
      }
    },
  }
}
