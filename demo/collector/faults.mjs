// @ts-check
import { isObject } from './fields.mjs'

/** @typedef {'ok' | '503' | '500' | '429' | '413' | 'hang' | 'lost' | 'down' | 'partial'} Mode */
/**
 * @typedef {object} Fault
 * @property {Mode} mode
 * @property {number} [retryAfter] seconds
 * @property {number} [maxEvents] 413: bodies with more events are refused
 * @property {number} [maxBytes] 413: bodies with more bytes (as sent) are refused
 * @property {string[]} [results] partial: v1 results by position; 'ok' after the last
 * @property {number} [count] for so many requests, then ok again; for ever when absent
 */

const MODES = ['ok', '503', '500', '429', '413', 'hang', 'lost', 'down', 'partial']
const NUMBERS = /** @type {const} */ (['retryAfter', 'maxEvents', 'maxBytes', 'count'])

/**
 * @param {unknown} value
 * @returns {{ ok: true, fault: Fault } | { ok: false, reason: string }}
 */
export function parseFault(value) {
  if (!isObject(value)) return { ok: false, reason: 'a fault is an object' }
  const mode = String(value.mode)
  if (!MODES.includes(mode)) return { ok: false, reason: `mode is one of ${MODES.join(', ')}` }
  /** @type {Fault} */
  const fault = { mode: /** @type {Mode} */ (mode) }
  for (const name of NUMBERS) {
    const number = value[name]
    if (number === undefined || number === null) continue
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < (name === 'count' ? 1 : 0)) {
      return { ok: false, reason: `${name} is a whole number` }
    }
    fault[name] = number
  }
  if (value.results !== undefined) {
    if (!Array.isArray(value.results) || !value.results.every((result) => typeof result === 'string')) {
      return { ok: false, reason: 'results is a list of strings' }
    }
    fault.results = value.results
  }
  return { ok: true, fault }
}

/**
 * @param {(fault: Fault) => void} onChange
 */
export function createFaults(onChange) {
  /** @type {Fault} */
  let current = { mode: 'ok' }
  /** @type {Set<() => void>} */
  const held = new Set()

  /** @param {Fault} fault */
  const set = (fault) => {
    current = fault
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
    take() {
      const fault = current
      if (fault.count !== undefined) {
        // Not by `set`: requests already held stay so until someone asks for another mode.
        current = fault.count > 1 ? { ...fault, count: fault.count - 1 } : { mode: 'ok' }
        onChange(current)
      }
      return fault
    },
    /**
     * @param {AbortSignal} gone the client has
     * @returns {Promise<void>} settles when the mode was set anew or the client has gone
     */
    hold(gone) {
      return new Promise((resolve) => {
        const release = () => {
          held.delete(release)
          gone.removeEventListener('abort', release)
          resolve()
        }
        held.add(release)
        gone.addEventListener('abort', release)
        if (gone.aborted) release()
      })
    },
  }
}
