/** Reads an option: an unusable value becomes the default, with a warning. */

import { readable } from '../base/readable'
import { isText, show } from '../base/values'
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
/**
 * Names that browsers leave to themselves, and drop without a word
 * (https://fetch.spec.whatwg.org/#forbidden-request-header).
 */
const BROWSERS_OWN =
  /^(proxy-.*|sec-.*|cookie2?|host|content-length|connection|keep-alive|transfer-encoding|upgrade|te|trailer|expect|via|date|dnt|origin|referer|accept-(charset|encoding))$/i

/** Reads headers. Those that cannot be sent are left out, with a warning each. */
export function readHeaders(raw: unknown, warn: Warn): Record<string, string> {
  const usable = Object.entries(readable(raw, 'requestHeaders', warn)).filter((header): header is [string, string] => {
    const [name, value] = header
    // A blank value may be a token that is not there yet.
    const isHeader = isText(value) && HEADER_NAME.test(name) && HEADER_VALUE.test(value)
    if (isHeader && !BROWSERS_OWN.test(name)) return true
    const why = isHeader ? 'a header that browsers set themselves' : 'not a header name with a text as its value'
    warn(`requestHeaders: ${show(name)} is ${why}; leaving it out`)
    return false
  })
  return Object.fromEntries(usable)
}
