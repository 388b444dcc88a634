/** What is done with the JSON of events without parsing it. */

import type { EventJson } from './event'

export const PREFIX = '{"uuid":"'
const UUID_LENGTH = 36

export function uuidOf(json: EventJson): string {
  return json.slice(PREFIX.length, PREFIX.length + UUID_LENGTH)
}

/**
 * The JSON with U+FFFD for each half of a surrogate pair that stands alone. `JSON.stringify` writes such a half as an escape,
 * which servers refuse, and with it the whole request. A backslash that is itself escaped is passed over with its escape.
 */
export const wellFormedJson = (json: string): string =>
  json.replace(/(\\[^u])|\\ud.../g, (_, other) => other || '\ufffd')
