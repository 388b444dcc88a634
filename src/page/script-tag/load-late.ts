/** Has code that loads late start once it is there. */

/** The pause in ms before code that could not be loaded is asked for again; doubled each time, as of the delivery. */
const RELOAD_MS = 5_000

/** After this many ms without an answer, the console says so. */
const SLOW_MS = 10_000

export function loadLate<Code>(ask: () => Promise<Code>, start: (code: Code) => void, pauseMs = RELOAD_MS): void {
  const slow = setTimeout(console.warn, SLOW_MS, '[outlast] a file in lazy/ is slow to load')
  const failed = (error: unknown) => {
    if (pauseMs === RELOAD_MS) console.warn(error)
    setTimeout(loadLate, pauseMs, ask, start, pauseMs * 2)
  }
  ask()
    .finally(() => clearTimeout(slow))
    .then(start, failed)
}
