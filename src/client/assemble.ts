/** Makes the one serialized event of what a caller gave, or says why there is none. */

import { type BeforeSend, runBeforeSend } from '../core/before-send'
import type { WireFormat } from '../core/event'
import { canonicalUuid, type EventJson, type OutlastEvent, type Properties, serializeEvent } from '../core/event'
import type { DropReason } from '../core/reports'
import { toUtcTimestamp } from '../core/timestamp'
import { asRecord, describe, show } from '../core/values'
import type { CaptureOptions } from './types'

export interface AmbientOptions extends CaptureOptions {
  /** Adds no more than what a minimal `$feature_flag_called` may have (protocol.md §8). */
  minimal?: boolean
}

export interface AssembleContext {
  token: string
  format: WireFormat
  hooks: readonly BeforeSend[]
  maxEventBytes: number
  now: () => number
  newId: () => string
  warn: (message: string) => void
  /** Whose event it is, and what is added to it; the caller's own properties win. */
  ambient: (options: AmbientOptions) => { distinctId: string; properties: Properties }
}

export type Assembled =
  | { ok: true; uuid: string; json: EventJson }
  | { ok: false; reason: DropReason; detail: string; uuid?: string }

export function assemble(context: AssembleContext, name: unknown, given: unknown, raw: unknown): Assembled {
  const { warn, now, newId, hooks, format, token } = context
  if (typeof name !== 'string' || name.trim() === '') {
    return { ok: false, reason: 'invalid', detail: `capture needs an event name, got ${show(name)}` }
  }
  const options = asRecord(raw) as CaptureOptions
  const owner = distinctIdFrom(options.distinctId)
  if (owner === null) {
    const detail = `distinctId of "${name}" must be a string that is not blank, got ${show(options.distinctId)}`
    return { ok: false, reason: 'invalid', detail }
  }
  const { distinctId, properties } = context.ambient({ ...options, distinctId: owner } as CaptureOptions)
  const event: OutlastEvent = {
    event: name,
    uuid: uuidFrom(options.uuid, newId, warn),
    distinctId,
    timestamp: timestampFrom(options.timestamp, now, warn),
    properties: addProperties(properties, name, given, warn),
  }
  if (options.groups) event.properties.$groups = { ...asRecord(event.properties.$groups), ...asRecord(options.groups) }
  const hooked = hooks.length === 0 ? { ok: true as const, event } : runBeforeSend(hooks, event)
  if (!hooked.ok) return { ok: false, reason: 'before_send', detail: hooked.detail, uuid: event.uuid }
  const json = serialize(hooked.event, format, token, warn)
  if (json === undefined) {
    return { ok: false, reason: 'invalid', detail: `"${name}" cannot be made into JSON`, uuid: event.uuid }
  }
  if (json.length > context.maxEventBytes) {
    const detail = `"${name}" is ${json.length} long, more than maxEventBytes (${context.maxEventBytes}); send less in it`
    return { ok: false, reason: 'too_large', detail, uuid: hooked.event.uuid }
  }
  return { ok: true, uuid: hooked.event.uuid, json }
}

type Warn = AssembleContext['warn']

/** `null` for what is none: sent as it is, it would fail the whole request, and as somebody else's it would be a lie. */
function distinctIdFrom(given: unknown): string | undefined | null {
  if (given === undefined || given === null) return undefined
  const text = typeof given === 'number' ? String(given) : given
  return typeof text === 'string' && text.trim() !== '' ? text : null
}

function uuidFrom(given: unknown, newId: () => string, warn: Warn): string {
  if (given === undefined || given === null) return newId()
  const uuid = canonicalUuid(given)
  if (uuid) return uuid
  const made = newId()
  warn(`uuid ${show(given)} is not a UUID; the event goes out as ${made}`)
  return made
}

function timestampFrom(given: unknown, now: () => number, warn: Warn): string {
  const current = () => new Date(now()).toISOString()
  if (given === undefined || given === null) return current()
  const timestamp = toUtcTimestamp(given)
  if (timestamp) return timestamp
  warn(`timestamp ${show(given)} is neither a valid Date nor an ISO 8601 string; using the time of the capture`)
  return current()
}

function addProperties(into: Properties, name: string, given: unknown, warn: Warn): Properties {
  if (given === undefined || given === null) return into
  if (typeof given !== 'object' || Array.isArray(given)) {
    warn(`properties of "${name}" must be an object, got ${show(given)}; sending the event without them`)
    return into
  }
  try {
    return Object.assign(into, given)
  } catch {
    // A getter threw: find out which, and keep the rest.
    for (const key of Object.keys(given)) {
      try {
        into[key] = (given as Properties)[key]
      } catch (error) {
        warn(`property "${key}" of "${name}" cannot be read (${describe(error)}); sending the event without it`)
      }
    }
    return into
  }
}

/** One unserializable property costs itself, not the event. */
function serialize(event: OutlastEvent, format: WireFormat, token: string, warn: Warn): EventJson | undefined {
  try {
    return serializeEvent(event, format, token)
  } catch {
    const properties: Properties = {}
    for (const [key, value] of Object.entries(event.properties)) {
      try {
        JSON.stringify(value)
        properties[key] = value
      } catch (error) {
        const why = describe(error).split('\n')[0]
        warn(`property "${key}" of "${event.event}" cannot be made into JSON (${why}); sending the event without it`)
      }
    }
    try {
      return serializeEvent({ ...event, properties }, format, token)
    } catch {
      return undefined
    }
  }
}
