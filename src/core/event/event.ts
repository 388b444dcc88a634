/** An event, and the JSON string in which it goes from capture to the wire. */

import { trimmed } from '../base/values'

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Properties of an event, of any values that JSON can express. */
export type Properties = Record<string, unknown>

/**
 * Properties as a caller may give them. A value of an interface type is one too: TypeScript takes it for no
 * `Properties`, because an interface may be extended.
 */
export type PropertyBag = object

/** The event that `beforeSend` gets and returns. The server recognises duplicates by `uuid` and `timestamp`. */
export interface OutlastEvent {
  /** The event's name. */
  event: string
  /** The event's id, a UUID in lower case. */
  uuid: string
  /** The id of the person whose event it is. */
  distinctId: string
  /** When the event happened, RFC 3339 in UTC. */
  timestamp: string
  /** The event's own properties and those that the client added. */
  properties: Properties
}

/**
 * PostHog's ingestion protocols: `'v0'` posts to `/batch/`, `'v1'` to `/i/v1/analytics/events`. `'json'` posts plain
 * events to an endpoint of the site's own.
 */
export type CaptureMode = 'v0' | 'v1' | 'json'

/**
 * The format an event was serialized for. A stored event goes out in its format even if the app uses another one by
 * then. `ai` is v0 on an endpoint of its own. `json` is serialized as v0 is, so that the first code has one form to
 * write, and gets its own form in the request (`core/protocol/wire-json.ts`).
 */
export type WireFormat = CaptureMode | 'ai'

/** A serialized event. Its uuid stands first, so that the uuid can be read without parsing the JSON. */
export type EventJson = string

/** The canonical form of a UUID in any case, or `undefined`. */
export function canonicalUuid(value: unknown): string | undefined {
  const uuid = trimmed(value).toLowerCase()
  return UUID.test(uuid) ? uuid : undefined
}

/**
 * Serializes an event for v0: with the distinct id and the token where both the server-style and the client-style
 * endpoints look (docs/protocol.md §1.5). This is a page's first code, which writes what JSON has a form for. The other
 * properties are left out until the late code amends the event (`client/late/write-values.ts`).
 *
 * @param mask unless it is nothing, a property in which something could be masked is left out too
 */
export function serializeForV0(event: OutlastEvent, token: string, mask: unknown): EventJson {
  const { uuid, event: name, distinctId: distinct_id, timestamp, properties } = event
  const own: Properties = {}
  for (const key of Object.keys(properties)) {
    try {
      const json = JSON.stringify(properties[key], asItIs)
      // JSON has nothing for a function, such as a `toJSON`, which would be asked in place of the properties. The same
      // pattern as MASKABLE of `client/late/write-values.ts`: shared between the files it would cost each page bytes.
      if (json && !(mask && /[?#@;]/.test(key + json))) own[key] = properties[key]
    } catch {
      // A cycle, a getter or a `toJSON` that throws: the late code has a form for each.
    }
  }
  return JSON.stringify(
    { uuid, event: name, distinct_id, timestamp, properties: { ...own, distinct_id, token } },
    asItIs,
  )
}

interface WithToJson {
  toJSON?: unknown
}

/**
 * A replacer for `JSON.stringify`. It writes arrays as arrays, since old versions of Prototype.js give them a `toJSON`
 * that returns a text, objects as they are where a page has given all of them a `toJSON`, and a BigInt as its digits.
 */
export function asItIs(this: Properties, name: string, value: unknown): unknown {
  const own = this[name] as WithToJson | undefined
  if (typeof own === 'bigint') return `${own}`
  return Array.isArray(own) || own?.toJSON === ({} as WithToJson).toJSON ? own : value
}
