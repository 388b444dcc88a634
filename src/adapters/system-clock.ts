import type { Clock } from '../core/base/ports'

/**
 * The platform's wall clock and timers. `now` can be replaced; timers run on real time.
 *
 * @param onTimer is given the id of each timer that begins
 */
export function systemClock(now: () => number = Date.now, onTimer?: (id: unknown) => void): Clock {
  return {
    now,
    timer(ms) {
      let id: ReturnType<typeof setTimeout> | undefined
      const done = new Promise<void>((resolve) => {
        id = setTimeout(resolve, ms)
        onTimer?.(id)
      })
      return { done, cancel: () => clearTimeout(id) }
    },
  }
}
