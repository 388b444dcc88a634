/** Repeats a step of the storage that fails. */

import type { Clock } from '../base/ports'

/**
 * The first pause, in ms, before a settlement that could not be stored is tried again; doubled each time up to
 * `LONGEST_SETTLE_PAUSE_MS`, 6 s in all.
 */
const SETTLE_PAUSE_MS = 50
const LONGEST_SETTLE_PAUSE_MS = 3_200

/**
 * Repeats a step of the storage that fails, so that a delivered batch is not sent again because of a passing error. A
 * full disk has room once the browser has freed what was deleted. A sender that is being paused repeats it only
 * briefly. Resolves with `undefined` if the step fails for good.
 */
export async function persist<T>(
  step: () => Promise<T>,
  clock: Clock,
  isPaused: () => boolean,
): Promise<T | undefined> {
  for (let pauseMs = SETTLE_PAUSE_MS; ; pauseMs *= 2) {
    try {
      return await step()
    } catch {
      // Any failure of the storage may pass.
      if (pauseMs > (isPaused() ? 2 * SETTLE_PAUSE_MS : LONGEST_SETTLE_PAUSE_MS)) return undefined
      await clock.timer(pauseMs).done
    }
  }
}
