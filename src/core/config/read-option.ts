/** Reads an option: an unusable value becomes the default, with a warning. */

import { readable } from '../base/readable'
import { show } from '../base/values'
import { type Bounds, bounded } from './numbers'

export type Warn = (message: string) => void

/** Reads a whole number within its bounds. A value that is no number becomes the default, with a warning. */
export function readBounded(name: string, value: unknown, bounds: Bounds, warn: Warn): number {
  const [otherwise, min] = bounds
  const number = bounded(value, bounds)
  if (number === undefined) warn(`${name} must be a number of at least ${min}, got ${show(value)}; using ${otherwise}`)
  return number ?? otherwise
}

/** Reads one of the allowed words. Any other value becomes the default, with a warning. */
export function oneOf<T extends string>(
  name: string,
  allowed: readonly T[],
  value: unknown,
  otherwise: T,
  warn: Warn,
): T {
  if (value === undefined || value === null) return otherwise
  if (allowed.includes(value as T)) return value as T
  warn(`${name} must be one of ${allowed.join(', ')}, got ${show(value)}; using ${otherwise}`)
  return otherwise
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
const HEADER_VALUE = /^[\t\x20-\x7e]*$/

/** Reads headers. Those that cannot be sent are left out, with a warning each. */
export function readHeaders(raw: unknown, warn: Warn): Record<string, string> {
  const usable = Object.entries(readable(raw, 'requestHeaders', warn)).filter((header): header is [string, string] => {
    const [name, value] = header
    if (typeof value === 'string' && HEADER_NAME.test(name) && HEADER_VALUE.test(value)) return true
    warn(`requestHeaders: ${show(name)} is not a header name with a string value; leaving it out`)
    return false
  })
  return Object.fromEntries(usable)
}
