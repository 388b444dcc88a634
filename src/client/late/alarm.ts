/** One timer, which is set, put off and called off. */

import type { Clock } from '../../core/base/ports'

export interface Alarm {
  readonly isSet: boolean
  /** Rings after `ms`, and no earlier if it was set before. */
  set(ms: number): void
  cancel(): void
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let timer: { cancel(): void } | undefined

  function cancel(): void {
    timer?.cancel()
    timer = undefined
  }

  return {
    get isSet() {
      return timer !== undefined
    },
    set(ms) {
      cancel()
      const mine = clock.timer(ms)
      timer = mine
      void mine.done.then(() => {
        // It was called off or put off in the moment in which it was done.
        if (timer !== mine) return
        timer = undefined
        ring()
      })
    },
    cancel,
  }
}
