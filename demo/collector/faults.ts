import { isObject } from './fields'

type Mode = 'ok' | '503' | '500' | '429' | '413' | '400' | 'portal' | 'hang' | 'lost' | 'down' | 'partial'
export interface Fault {
  mode: Mode
  /** In seconds. */
  retryAfter?: number
  /** In mode `413`: bodies with more events are refused. */
  maxEvents?: number
  /** In mode `413`: bodies with more bytes (as sent) are refused. */
  maxBytes?: number
  /** In mode `400`: bodies with an event of that name are refused, all bodies when absent. */
  event?: string
  /** In mode `partial`: v1 results by position; `ok` after the last. */
  results?: string[]
  /** The fault is for so many requests, and for ever when absent. */
  count?: number
}

const MODES = ['ok', '503', '500', '429', '413', '400', 'portal', 'hang', 'lost', 'down', 'partial']
const NUMBERS = ['retryAfter', 'maxEvents', 'maxBytes', 'count'] as const

export function parseFault(value: unknown): { ok: true; fault: Fault } | { ok: false; reason: string } {
  if (!isObject(value)) return { ok: false, reason: 'a fault is an object' }
  const mode = String(value.mode)
  if (!MODES.includes(mode)) return { ok: false, reason: `mode is one of ${MODES.join(', ')}` }
  const fault: Fault = { mode: mode as Mode }
  for (const name of NUMBERS) {
    const number = value[name]
    if (number === undefined || number === null) continue
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < (name === 'count' ? 1 : 0)) {
      return { ok: false, reason: `${name} is a whole number` }
    }
    fault[name] = number
  }
  if (value.event !== undefined) {
    if (typeof value.event !== 'string') return { ok: false, reason: 'event is a string' }
    fault.event = value.event
  }
  if (value.results !== undefined) {
    if (!Array.isArray(value.results) || !value.results.every((result) => typeof result === 'string')) {
      return { ok: false, reason: 'results is a list of strings' }
    }
    fault.results = value.results
  }
  return { ok: true, fault }
}

/** A fault that a request has met. */
export interface MetFault extends Fault {
  /** How often a fault had been set by then. */
  timesSet: number
}

export function createFaults(onChange: (fault: Fault) => void) {
  let current: Fault = { mode: 'ok' }
  let timesSet = 0
  const held = new Set<() => void>()

  const set = (fault: Fault) => {
    current = fault
    timesSet += 1
    onChange(fault)
    for (const release of [...held]) release()
  }

  return {
    get: () => current,
    set,
    get held() {
      return held.size
    },
    /** The fault that the next request meets; counted ones are used up. */
    take(): MetFault {
      const fault = current
      if (fault.count !== undefined) {
        // Not by `set`: requests already held stay so until someone asks for another mode.
        current = fault.count > 1 ? { ...fault, count: fault.count - 1 } : { mode: 'ok' }
        onChange(current)
      }
      return { ...fault, timesSet }
    },
    /**
     * @param gone the client has
     * @returns settles when a fault was set anew since the request met its own, or the client has gone
     */
    hold(met: MetFault, gone: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const release = () => {
          held.delete(release)
          gone.removeEventListener('abort', release)
          resolve()
        }
        held.add(release)
        gone.addEventListener('abort', release)
        if (gone.aborted || met.timesSet !== timesSet) release()
      })
    },
  }
}
