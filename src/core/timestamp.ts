/** A caller's timestamp as the wire wants it: RFC 3339 in UTC, the instant unchanged (protocol.md §4.3). */

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i

/** The same instant ending in `Z`, digits below the millisecond kept, or `undefined` for what is no valid time. */
export function toUtcTimestamp(value: unknown): string | undefined {
  if (value instanceof Date) return isoString(value.getTime())
  if (typeof value !== 'string') return undefined
  const match = ISO.exec(value.trim())
  if (!match) return undefined
  const [, date = '', minutes, seconds = '00', fraction = '', zone] = match
  // Date.parse takes February 30 for March 1.
  if (isoString(Date.parse(`${date}T00:00:00Z`))?.slice(0, 10) !== date) return undefined
  if (minutes === undefined) return isoString(Date.parse(`${date}T00:00:00Z`))
  const millis = fraction.slice(0, 3).padEnd(3, '0')
  // Without a zone it is local time, as ECMAScript reads it.
  const utc = isoString(Date.parse(`${date}T${minutes}:${seconds}.${millis}${offset(zone)}`))
  const finer = fraction.slice(3, 9)
  return utc && finer ? utc.replace('Z', `${finer}Z`) : utc
}

function offset(zone: string | undefined): string {
  if (!zone || zone.toUpperCase() === 'Z') return zone ? 'Z' : ''
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}

function isoString(ms: number): string | undefined {
  if (Number.isNaN(ms)) return undefined
  const text = new Date(ms).toISOString()
  // Years outside 0-9999 get a sign and six digits, which RFC 3339 does not know.
  return text.length === 24 ? text : undefined
}
