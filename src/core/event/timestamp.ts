/** A caller's timestamp as the wire wants it: RFC 3339 in UTC, the instant unchanged (docs/protocol.md §4.3). */

import { trimmed } from '../base/values'

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?:(:\d\d)(?:[.,](\d+))?)?\s*(Z|([+-]\d\d):?(\d\d)?)?)?$/i

/** The same instant ending in `Z`, digits below the millisecond kept, or `undefined` for an invalid time. */
export function toUtcTimestamp(value: unknown): string | undefined {
  if (value instanceof Date) return isoString(value)
  const [, date, minutes, seconds = ':00', fraction = '', zone, zoneHours, zoneMinutes = '00'] =
    ISO.exec(trimmed(value)) ?? []
  const day = date && isoString(date)
  // Date.parse takes February 30 for March 1.
  if (!day?.startsWith(date as string)) return undefined
  if (!minutes) return day
  // A time without a zone is local time, as in ECMAScript.
  const offset = zoneHours ? `${zoneHours}:${zoneMinutes}` : zone ? 'Z' : ''
  const utc = isoString(`${date}T${minutes}${seconds}.${`${fraction}00`.slice(0, 3)}${offset}`)
  return utc?.replace('Z', `${fraction.slice(3, 9)}Z`)
}

function isoString(time: Date | string): string | undefined {
  try {
    const text = new Date(time).toISOString()
    // Years outside 0-9999 get a sign and six digits, which RFC 3339 does not know.
    return text.length === 24 ? text : undefined
  } catch {
    // The value is no time at all.
    return undefined
  }
}
