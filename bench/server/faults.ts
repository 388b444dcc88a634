/** How the endpoint breaks on demand: the fault that is in force, and the requests that hang because of it. */

export type Mode = 'ok' | '503' | '429' | 'hang' | 'lost' | 'down'

/** With `count` the fault is for so many requests. */
export interface Fault {
  mode: Mode
  count?: number
}

export function createFaults() {
  let fault: Fault = { mode: 'ok' }
  const held = new Set<() => void>()

  return {
    isDown: () => fault.mode === 'down',

    /** The mode for one more request. */
    take(): Mode {
      const { mode, count } = fault
      if (count !== undefined) fault = count > 1 ? { mode, count: count - 1 } : { mode: 'ok' }
      return mode
    },

    /** @param end cuts off a request that hangs, when the next fault is set, as a gateway would */
    hold(end: () => void) {
      held.add(end)
    },

    set(next: Fault) {
      fault = next
      for (const end of held) end()
      held.clear()
    },
  }
}
