import type { Clock } from '../core/base/ports'

/** The wall clock and timers of a server process. A process whose work is done ends, however long a timer has to run. */
export function nodeClock(now: () => number = Date.now): Clock {
  return {
    now,
    timer(ms) {
      let id: ReturnType<typeof setTimeout> | undefined
      const done = new Promise<void>((resolve) => {
        id = setTimeout(resolve, ms)
        // Runtimes whose timers are numbers do not end by themselves either.
        ;(id as { unref?: () => void }).unref?.()
      })
      return { done, cancel: () => clearTimeout(id) }
    },
  }
}
