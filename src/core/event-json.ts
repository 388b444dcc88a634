/** What can be told of a serialized event without parsing it. */

import { type EventJson, UUID } from './event'

const PREFIX = '{"uuid":"'
const UUID_LENGTH = 36

export function uuidOf(json: EventJson): string {
  return json.slice(PREFIX.length, PREFIX.length + UUID_LENGTH)
}

/** What events count towards every bound: UTF-16 code units of their JSON, which for ASCII are bytes. */
export const sizeOf = (events: readonly EventJson[]) => events.reduce((sum, json) => sum + json.length, 0)

export function isEventJson(value: unknown): value is EventJson {
  return typeof value === 'string' && value.startsWith(PREFIX) && UUID.test(uuidOf(value)) && value.endsWith('}')
}
