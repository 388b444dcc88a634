/** What can be told of a serialized event, and the event that it was made from. */

import { type EventJson, LIFTED, OPTIONS, type OutlastEvent, type Properties, UUID, type WireFormat } from './event'

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

/** The event of a serialized one: what a hook in the worker sees. The inverse of `serializeEvent`. */
export function parseEvent(json: EventJson, format: WireFormat): OutlastEvent {
  const raw = JSON.parse(json)
  const properties: Properties = { ...raw.properties }
  if (format !== 'v1') {
    delete properties.distinct_id
    delete properties.token
  } else {
    for (const [from, to] of LIFTED) if (raw[to] !== undefined) properties[from] = raw[to]
    for (const [from, to] of OPTIONS) if (raw.options?.[to] !== undefined) properties[from] = raw.options[to]
  }
  return { event: raw.event, uuid: raw.uuid, distinctId: raw.distinct_id, timestamp: raw.timestamp, properties }
}
