/** What is done with the JSON of events without parsing it. */

import type { EventJson } from './event'

export const PREFIX = '{"uuid":"'
const UUID_LENGTH = 36

export function uuidOf(json: EventJson): string {
  return json.slice(PREFIX.length, PREFIX.length + UUID_LENGTH)
}
