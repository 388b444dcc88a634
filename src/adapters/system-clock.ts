import type { Clock } from '../core/base/ports'

/** The platform's wall clock and timers. `now` can be replaced; timers run on real time. */
export function systemClock(now: () => number = Date.now): Clock {
  return {
    now,
    timer(ms) {
      let id: ReturnType<typeof setTimeout> | undefined
      const done = new Promise<void>((resolve) => {
        id = setTimeout(resolve, ms)
      })
      return { done, cancel: () => clearTimeout(id) }
    },
  }
}
