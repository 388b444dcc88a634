/** Small questions about values that may be anything. */

import { MAX_COUNT } from './limits'

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, 80))
    // Its text could be as long as memory.
    return Array.isArray(value) ? `an array of ${value.length}` : String(value).slice(0, 80)
  } catch {
    // Objects without a prototype, or with a toString that throws.
    return typeof value
  }
}

/** What went wrong, in words. An error may come from anybody's code, and throw at whoever reads it. */
export function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : typeof error === 'string' ? error : show(error)
  } catch {
    return 'an error that cannot be read'
  }
}

/** Beyond `MAX_COUNT` adding would soon be inexact. */
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
