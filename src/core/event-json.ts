/** What can be told of a serialized event without parsing it. */

import type { EventJson } from './event'

export const PREFIX = '{"uuid":"'
const UUID_LENGTH = 36

export function uuidOf(json: EventJson): string {
  return json.slice(PREFIX.length, PREFIX.length + UUID_LENGTH)
}

/** What events count towards every bound: UTF-16 code units of their JSON, which for ASCII are bytes. */
export const sizeOf = (events: readonly EventJson[]) => events.reduce((sum, json) => sum + json.length, 0)
