/** An event, and the one JSON string that it is from capture to the wire. */

export type Properties = Record<string, unknown>

/** What `beforeSend` sees and returns. `uuid` and `timestamp` are what the server tells duplicates by. */
export interface OutlastEvent {
  event: string
  /** Canonical lower-case UUID. */
  uuid: string
  distinctId: string
  /** RFC 3339 in UTC. */
  timestamp: string
  properties: Properties
}

/** The ingestion protocols that new events can be made for. */
export type CaptureMode = 'v0' | 'v1'

/**
 * The format an event was serialized for: the wire that it will go out on, whatever the app uses by then. `ai` is v0 on
 * an endpoint of its own.
 */
export type WireFormat = CaptureMode | 'ai'

/** A serialized event. Its uuid stands first, so that it can be read without parsing. */
export type EventJson = string

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The canonical form of a UUID in any case, or `undefined`. */
export function canonicalUuid(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const uuid = value.trim().toLowerCase()
  return UUID.test(uuid) ? uuid : undefined
}

/**
 * Serializes an event for a wire (protocol.md §1.5 and §2.4). v0 carries the distinct id and the token where both the
 * server-style and the client-style endpoints look; v1 must not have the distinct id in the properties.
 *
 * @throws whatever `JSON.stringify` throws: a BigInt, a cycle, a throwing getter or `toJSON`
 */
export function serializeEvent(event: OutlastEvent, format: WireFormat, token: string): EventJson {
  const { uuid, event: name, distinctId: distinct_id, timestamp, properties } = event
  if (format !== 'v1') {
    return JSON.stringify({
      uuid,
      event: name,
      distinct_id,
      timestamp,
      properties: { ...plain(properties), distinct_id, token },
    })
  }
  const own: Properties = plain(properties)
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
  // The server takes both from the PostHog-Sdk-Info header; the other two stand at the root or in Authorization.
  for (const key of ['$lib', '$lib_version', 'distinct_id', 'token']) delete own[key]
  return JSON.stringify({ uuid, event: name, distinct_id, timestamp, ...rest, options, properties: own })
}

/** A copy without a function that `JSON.stringify` would call instead of writing the properties. */
function plain(properties: Properties): Properties {
  const copy = { ...properties }
  if (typeof copy.toJSON === 'function') delete copy.toJSON
  return copy
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Coercion of protocol.md §2.5: a mistyped option would make the server drop the event. */
function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (word === 'true' || word === '1') return true
  return word === 'false' || word === '0' ? false : undefined
}

type Lift = readonly [property: string, field: string, read: (value: unknown) => unknown]

export const LIFTED: readonly Lift[] = [
  ['$session_id', 'session_id', text],
  ['$window_id', 'window_id', text],
]

export const OPTIONS: readonly Lift[] = [
  ['$cookieless_mode', 'cookieless_mode', flag],
  ['$ignore_sent_at', 'disable_skew_correction', flag],
  ['$process_person_profile', 'process_person_profile', flag],
  ['$product_tour_id', 'product_tour_id', text],
]
