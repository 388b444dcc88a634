/** How long a server that gave no flags is left alone. */

import type { Clock, Millis } from '../../core/base/ports'

export interface Pause {
  /** What went wrong last, in PostHog's words; `undefined` after a success. */
  readonly error: string | undefined
  isOver(): boolean
  failed(error: string): void
  end(): void
}

/** The pause in ms after the first failure; doubled for each further one, up to the longest. */
const FIRST_MS = 10_000
const LONGEST_MS = 1_800_000

export function createPause(clock: Pick<Clock, 'now'>): Pause {
  let failures = 0
  let from: Millis = 0
  let error: string | undefined
  const pause: Pause = {
    get error() {
      return error
    },
    // A clock that is set back by more than the pause ends the pause, hence the absolute value.
    isOver: () =>
      failures === 0 || Math.abs(clock.now() - from) >= Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS),
    failed(reason) {
      error = reason
      // Requests that were under way together fail together, which is one failure of the server.
      if (!pause.isOver()) return
      failures += 1
      from = clock.now()
    },
    end() {
      failures = 0
      error = undefined
    },
  }
  return pause
}
