/** Hands over after the person's choices: a host that got an event first would judge the event by the choice before. */

import type { Clock } from '../../core/base/ports'

/** A disk that takes longer than this many ms for a choice is not waited for: the journal holds the event to the choice. */
const CHOICE_LIMIT_MS = 3_000

export interface AfterChoices {
  /** Whether an event waits for a choice now. */
  readonly waiting: boolean
  /** Calls `then` at once where every choice is on disk, and otherwise as soon as it is. */
  run(then: () => void): Promise<void>
}

/** @param latest the step on the rules that was taken last; it never rejects */
export function createAfterChoices(latest: () => Promise<void> | undefined, clock: Clock): AfterChoices {
  let heeded: Promise<void> | undefined
  let waiting = false
  return {
    get waiting() {
      return waiting
    },
    async run(then) {
      for (let step = latest(); step && step !== heeded; step = latest()) {
        waiting = true
        const limit = clock.timer(CHOICE_LIMIT_MS)
        await Promise.race([step, limit.done])
        limit.cancel()
        heeded = step
      }
      waiting = false
      then()
    },
  }
}
