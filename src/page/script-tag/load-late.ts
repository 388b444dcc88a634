/** Asks for code that loads late until it comes. */

/** The pause in ms before code that could not be loaded is asked for again; doubled each time. */
const RELOAD_MS = 5_000

/** After this many ms without an answer, the console says so. */
const SLOW_MS = 10_000

export function loadLate<Code>(ask: () => Promise<Code>, pauseMs = RELOAD_MS): Promise<Code> {
  const slow = setTimeout(console.warn, SLOW_MS, '[outlast] a file in lazy/ is slow')
  return ask()
    .finally(() => clearTimeout(slow))
    .catch(async (error) => {
      if (pauseMs === RELOAD_MS) console.warn(error)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      return loadLate(ask, pauseMs * 2)
    })
}
