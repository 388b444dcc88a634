/** Has events handed over after the person's choice is on disk: a host would judge them by the choice before it. */

import type { Clock } from '../../core/base/ports'

/**
 * How long in ms a choice may take to be on disk. After that events go first, and the journal holds them to the choice.
 */
const CHOICE_LIMIT_MS = 3_000

export interface AfterChoices {
  /** Whether events are waiting for a choice now. */
  readonly waiting: boolean
  /** Calls `then` as soon as every choice is on disk, which may be at once. */
  run(then: () => void): Promise<void>
}

/** @param latest gives the promise of the latest change of the rules, which never rejects */
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
