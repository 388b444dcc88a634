/** Makes the one serialized event of what a caller gave, or says why there is none. */

import { type BeforeSend, runBeforeSend } from '../core/before-send'
import { canonicalUuid, type EventJson, type OutlastEvent, type Properties } from '../core/event'
import { uuidOf } from '../core/event-json'
import type { DropReason } from '../core/reports'
import { toUtcTimestamp } from '../core/timestamp'
import { asRecord, isObject, isText, show } from '../core/values'
import type { Log } from './log'
import type { CaptureOptions } from './types'

export interface AmbientOptions extends CaptureOptions {
  /** Adds only super properties with a matching name: a minimal `$feature_flag_called` (docs/protocol.md §8). */
  minimalNames?: RegExp
}

export interface AssembleContext {
  hooks: readonly BeforeSend[]
  maxEventBytes: number
  now: () => number
  newId: () => string
  log: Log
}

/** What a caller gave. */
export interface Given {
  event: unknown
  properties: unknown
  options: unknown
  /** Whose event it is, and what is added to it; the caller's own properties win. */
  ambient: (options: AmbientOptions) => { distinctId: string; properties: Properties }
}

export interface Made {
  /** As hooks left it. */
  event: OutlastEvent
  json: EventJson
  /** By the client's clock, with no timestamp that was brought along. */
  stamped: boolean
}

export interface Refused {
  uuid?: string | undefined
  json?: undefined
  reason: DropReason
  detail: string
  /** A hook dropped it, which is no mistake to warn of. */
  byChoice?: true
}

export function assemble(
  { now, newId, hooks, maxEventBytes, log: { tell } }: AssembleContext,
  serialize: (event: OutlastEvent) => EventJson,
  { event: name, properties: given, options: raw, ambient }: Given,
): Made | Refused {
  const invalid = (detail: string, uuid?: string): Refused => ({ reason: 'invalid', detail, uuid })
  if (!isText(name)) return invalid(`no event name: ${show(name)}`)
  const options = asRecord(raw) as CaptureOptions
  const { distinctId: asked, uuid: wanted, timestamp: when, groups } = options
  const owner: unknown = typeof asked === 'number' ? String(asked) : (asked ?? undefined)
  // Sent as it is, it would fail the whole request, and as somebody else's it would be a lie.
  if (owner !== undefined && !isText(owner)) {
    return invalid(`distinctId ${show(asked)} of ${show(name)} is blank or no string`)
  }
  const { distinctId, properties } = ambient({ ...options, distinctId: owner } as AmbientOptions)
  const ownUuid = canonicalUuid(wanted)
  const ownTime = toUtcTimestamp(when)
  const uuid = ownUuid ?? newId()
  const timestamp = ownTime ?? new Date(now()).toISOString()
  if (!ownUuid && isGiven(wanted)) tell('uuid', wanted, uuid)
  if (!ownTime && isGiven(when)) tell('timestamp', when, timestamp)
  addProperties(properties, name, given, tell)
  if (groups) properties.$groups = { ...asRecord(properties.$groups), ...asRecord(groups) }
  const hooked = runBeforeSend(hooks, { event: name, uuid, distinctId, timestamp, properties })
  if (!hooked.event) return { reason: 'before_send', uuid, ...hooked }
  const { event } = hooked
  const json = serialized(event, serialize, tell)
  // A page's own toJSON or JSON.stringify can make anything of it.
  if (json === undefined || uuidOf(json) !== event.uuid) {
    return invalid(`${show(name)} cannot be made into JSON`, uuid)
  }
  if (json.length > maxEventBytes) {
    const detail = `${show(name)} is ${json.length} long, maxEventBytes is ${maxEventBytes}`
    return { reason: 'too_large', detail, uuid: event.uuid }
  }
  return { event, json, stamped: !ownTime }
}

const isGiven = (value: unknown) => value !== undefined && value !== null

type Tell = Log['tell']

function addProperties(into: Properties, name: string, given: unknown, tell: Tell): void {
  if (isObject(given) && !Array.isArray(given)) copyEach(given, into, name, tell, (value) => value)
  else if (isGiven(given)) tell('properties', name, given)
}

/** One unserializable property costs itself, not the event. */
function serialized(event: OutlastEvent, serialize: (event: OutlastEvent) => EventJson, tell: Tell) {
  try {
    return serialize(event)
  } catch {
    const properties: Properties = {}
    copyEach(event.properties, properties, event.event, tell, JSON.stringify)
    return serialize({ ...event, properties })
  }
}

/** Copies the properties that can be read and that pass `check` without an error. */
function copyEach(from: Properties, into: Properties, name: string, tell: Tell, check: (value: unknown) => void): void {
  for (const key of Object.keys(from)) {
    try {
      const value = from[key]
      check(value)
      into[key] = value
    } catch (error) {
      tell('property', name, key, error)
    }
  }
}
