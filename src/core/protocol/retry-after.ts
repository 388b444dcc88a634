/** Reads a `Retry-After` header (RFC 9110 §10.2.3; docs/protocol.md §3.3). */

import { MAX_DELAY } from '../base/limits'
import type { Millis } from '../base/ports'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

// Explicit grammars: Date.parse takes "3" for a year and asctime for local time.
const IMF_FIXDATE = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const RFC_850 = /^\w{6,9}, (\d{2})-(\w{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const ASCTIME = /^\w{3} (\w{3}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

/** The pause in ms, at most one day, or `undefined` for a header that is absent, malformed or not in the future. */
export function retryAfterMs(header: string | null, now: Millis): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text, now) - now
  return ms > 0 ? Math.min(ms, MAX_DELAY) : undefined
}

function httpDate(text: string, now: Millis): Millis {
  const imf = IMF_FIXDATE.exec(text)
  if (imf) return utc(Number(imf[3]), imf[2], imf[1], imf[4], imf[5], imf[6])
  const old = RFC_850.exec(text)
  if (old) return utc(fullYear(Number(old[3]), now), old[2], old[1], old[4], old[5], old[6])
  const asc = ASCTIME.exec(text)
  if (asc) return utc(Number(asc[6]), asc[1], asc[2], asc[3], asc[4], asc[5])
  return Number.NaN
}

/** RFC 9110: a two-digit year more than 50 years ahead is one of the past century. */
function fullYear(twoDigits: number, now: Millis): number {
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + twoDigits
  return year > thisYear + 50 ? year - 100 : year
}

type Part = string | undefined

function utc(year: number, month: Part, day: Part, hour: Part, minute: Part, second: Part): Millis {
  const index = MONTHS.indexOf(month?.toLowerCase() ?? '')
  if (index < 0) return Number.NaN
  return Date.UTC(year, index, Number(day), Number(hour), Number(minute), Number(second))
}
