/** Hands over after the person's choices: a host that got an event first would judge the event by the choice before. */

import type { Clock } from '../../core/base/ports'

/** A disk that takes longer than this many ms for a choice is not waited for: the journal holds the event to the choice. */
const CHOICE_LIMIT_MS = 3_000

export interface AfterChoices {
  /** Whether every choice is known to be on disk. */
  isSettled(): boolean
  /** Resolves once it is. */
  settled(): Promise<void>
}

/** @param latest the step on the rules that was taken last; it never rejects */
export function createAfterChoices(latest: () => Promise<void> | undefined, clock: Clock): AfterChoices {
  let heeded: Promise<void> | undefined
  const isSettled = () => latest() === heeded
  return {
    isSettled,
    async settled() {
      while (!isSettled()) {
        const step = latest()
        const limit = clock.timer(CHOICE_LIMIT_MS)
        await Promise.race([step, limit.done])
        limit.cancel()
        heeded = step
      }
    },
  }
}
