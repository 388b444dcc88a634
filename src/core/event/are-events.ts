/** Checks that a value from another page or from storage is a serialized event, or a list of them. */

import { type EventJson, UUID } from './event'
import { PREFIX, uuidOf } from './event-json'

/**
 * Whether a value is an event as `serializeEvent` makes it. The JSON is parsed in full: an event that is cut short or
 * has no name would fail its whole request, and every other event in it (docs/protocol.md §1.5 and §2.4).
 */
export function isEventJson(value: unknown): value is EventJson {
  if (typeof value !== 'string' || !value.startsWith(PREFIX) || !UUID.test(uuidOf(value))) return false
  try {
    const { uuid, event, distinct_id: owner, timestamp } = JSON.parse(value)
    if (uuid !== uuidOf(value) || typeof timestamp !== 'string') return false
    return typeof event === 'string' && event.trim() !== '' && typeof owner === 'string' && owner !== ''
  } catch {
    return false
  }
}

/** Whether a value is an array of events alone. `Array.from` fills the holes of a sparse array, which `every` skips. */
export function areEvents(value: unknown): value is EventJson[] {
  return Array.isArray(value) && Array.from(value).every(isEventJson)
}
