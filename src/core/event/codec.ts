/**
 * Events as JSON: serialized for any wire, parsed back, and checked where they come from another page or from storage.
 */

import { type EventJson, type OutlastEvent, type Properties, UUID, type WireFormat } from './event'
import { PREFIX, uuidOf } from './event-json'
import { type Writing, writeJson } from './write-json'

/**
 * Serializes for any wire (docs/protocol.md §1.5 and §2.4), whatever the properties are. v1 refuses a distinct id in
 * the properties.
 *
 * @throws where the properties cannot be listed at all, or the platform's `JSON` is broken
 */
export function serializeEvent(
  event: OutlastEvent,
  format: WireFormat,
  token: string,
  writing: Writing = {},
): EventJson {
  const { uuid, event: name, distinctId: distinct_id, timestamp } = event
  const own = ownOf(event.properties, writing)
  const head = { uuid, event: name, distinct_id, timestamp }
  const written: Writing = { ...writing, onLeftOut: ([, ...path], error) => writing.onLeftOut?.(path, error) }
  const write = (whole: object) => writeJson(whole, written) as EventJson
  if (format !== 'v1') return write({ ...head, properties: Object.assign(own, { distinct_id, token }) })
  const rest: Properties = {}
  for (const [from, to, read] of LIFTED) {
    const value = read(own[from])
    delete own[from]
    if (value !== undefined) rest[to] = value
  }
  const options: Properties = {}
  for (const [from, to, read] of OPTIONS) {
    const value = read(own[from])
    delete own[from]
    if (value !== undefined) options[to] = value
  }
  // The server makes `$lib` and `$lib_version` of the PostHog-Sdk-Info header. The distinct id is at the root, and the
  // token in `Authorization`.
  for (const key of ['$lib', '$lib_version', 'distinct_id', 'token']) delete own[key]
  return write({ ...head, ...rest, options, properties: own })
}

/** A copy of the properties, without a `toJSON`, which would be asked in place of them. */
function ownOf(properties: Properties, { onLeftOut }: Writing): Properties {
  try {
    const own = { ...properties }
    if (typeof own.toJSON !== 'function') return own
  } catch {
    // A property cannot be read. The loop below leaves out that property alone.
  }
  const own: Properties = Object.create(null)
  for (const name of Object.keys(properties)) {
    try {
      const value = properties[name]
      if (name !== 'toJSON' || typeof value !== 'function') own[name] = value
    } catch (error) {
      onLeftOut?.([name], error)
    }
  }
  return own
}

/** Parses a serialized event, for a hook in the worker. The inverse of `serializeEvent`. */
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

/**
 * Whether a value is an event as `serializeEvent` makes it. The JSON is parsed in full: an event that is cut short or
 * has no name would fail its whole request, and every other event in it (docs/protocol.md §1.5 and §2.4).
 */
export function isEventJson(value: unknown): value is EventJson {
  if (typeof value !== 'string' || !value.startsWith(PREFIX) || !UUID.test(uuidOf(value))) return false
  try {
    const { uuid, event, distinct_id: owner, timestamp } = JSON.parse(value)
    // A page may have replaced `JSON.parse` by one that makes dates of texts.
    if (uuid !== uuidOf(value) || !(typeof timestamp === 'string' || timestamp instanceof Date)) return false
    return typeof event === 'string' && event.trim() !== '' && typeof owner === 'string' && owner !== ''
  } catch {
    return false
  }
}

/** Whether a value is an array of events alone. `Array.from` fills the holes of a sparse array, which `every` skips. */
export function areEvents(value: unknown): value is EventJson[] {
  return Array.isArray(value) && Array.from(value).every(isEventJson)
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Coerces a yes or no (docs/protocol.md §2.5): an option of the wrong type would make the server drop the event. */
function yesOrNo(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (word === 'true' || word === '1') return true
  return word === 'false' || word === '0' ? false : undefined
}

type Lift = readonly [property: string, field: string, read: (value: unknown) => unknown]

const LIFTED: readonly Lift[] = [
  ['$session_id', 'session_id', text],
  ['$window_id', 'window_id', text],
]

const OPTIONS: readonly Lift[] = [
  ['$cookieless_mode', 'cookieless_mode', yesOrNo],
  ['$ignore_sent_at', 'disable_skew_correction', yesOrNo],
  ['$process_person_profile', 'process_person_profile', yesOrNo],
  ['$product_tour_id', 'product_tour_id', text],
]
