/** A caller's timestamp as a page's first code reads it: to the millisecond. `timestamp.ts` reads it in full. */

import { trimmed } from '../base/values'

/** The instant of a `Date` or of an ISO text, ending in `Z`, or `undefined` where the platform reads no time in it. */
export function roughTimestamp(value: unknown): string | undefined {
  try {
    const text = new Date(
      /^\d{4}-\d/.test(trimmed(value)) ? (value as string) : (value as Date).getTime(),
    ).toISOString()
    // Years outside 0-9999 get a sign and six digits, which RFC 3339 does not know.
    return text[24] ? undefined : text
  } catch {
    // The value is no time at all.
    return undefined
  }
}
