/**
 * Makes an event from the arguments of a capture call and serializes it, once; or gives the reason why there is none.
 */

import type { DropReason } from '../../core/base/reports'
import { asRecord, asText, isObject, isPresent, isText, show } from '../../core/base/values'
import { type BeforeSend, runBeforeSend, type ToUtc } from '../../core/event/before-send'
import { canonicalUuid, type EventJson, type OutlastEvent, type Properties } from '../../core/event/event'
import { uuidOf } from '../../core/event/event-json'
import type { CaptureOptions } from '../types'
import type { Log } from './log'

export type Ambient = (
  /** The distinct id that the caller asked for. */
  asked: string | undefined,
  /** If given, only super properties with a matching name are added. */
  minimalNames: RegExp | undefined,
  name: string,
  /** The caller's own properties. */
  given: unknown,
) => { distinctId: string; properties: Properties }

export interface AmbientOptions extends CaptureOptions {
  /** Adds only super properties with a matching name: a minimal `$feature_flag_called` (docs/protocol.md §8). */
  minimalNames?: RegExp
}

export interface AssembleContext {
  hooks: Iterable<BeforeSend>
  maxEventBytes: number
  now: () => number
  freshId: () => string
  logs: Log
}

/** The arguments of a capture call, not yet checked. */
export interface Given {
  event: unknown
  properties: unknown
  options: unknown
  /** Gives the event's distinct id and the properties that are added to it. The caller's own properties win. */
  ambient: Ambient
}

export interface Made {
  /** The event as the hooks left it. */
  event: OutlastEvent
  json: EventJson
  /** Whether the client's clock stamped the event; false if the caller brought a timestamp along. */
  stamped: boolean
}

export interface Refused {
  uuid?: string | undefined
  json?: undefined
  reason: DropReason
  detail: string
  /** Whether a hook returned null: the site dropped the event on purpose, so no warning is due. */
  byChoice?: boolean
}

export function assemble(
  { now, freshId: newId, hooks, maxEventBytes, logs: { warnOf } }: AssembleContext,
  serialize: (event: OutlastEvent) => EventJson,
  toUtc: ToUtc,
  { event: name, properties: given, options: raw, ambient }: Given,
): Made | Refused {
  const refused = (detail: string, uuid?: string, reason: DropReason = 'invalid'): Refused => ({ reason, detail, uuid })
  if (!isText(name)) return refused(`no name: ${show(name)}`)
  const { distinctId: asked, groups, uuid: wanted, timestamp: when, minimalNames } = asRecord(raw) as AmbientOptions
  const owner = asText(asked)
  // An invalid distinct id would fail the whole request; under another id the event would be the wrong person's.
  if (isPresent(owner) && !isText(owner)) {
    return refused(`no distinctId: ${show(asked)}`)
  }
  const { distinctId, properties } = ambient(owner as string | undefined, minimalNames, name, given)
  const ownUuid = canonicalUuid(wanted)
  const ownTime = toUtc(when)
  const uuid = ownUuid ?? newId()
  const timestamp = ownTime ?? new Date(now()).toISOString()
  addProperties(properties, name, given, warnOf)
  if (groups) properties.$groups = { ...asRecord(properties.$groups), ...asRecord(groups) }
  const hooked = runBeforeSend(hooks, { event: name, uuid, timestamp, distinctId, properties }, toUtc)
  if (!hooked.event) return { reason: 'before_send', uuid, ...hooked }
  const { event } = hooked
  const json = serialize(event)
  // A page's own `toJSON`, or a replaced `JSON.stringify`, can turn the event into any text.
  if (uuidOf(json) !== event.uuid) {
    return refused(`no JSON of ${show(name)}`, uuid)
  }
  if (json.length > maxEventBytes) {
    return refused(`maxEventBytes: ${json.length} of ${show(name)}`, event.uuid, 'too_large')
  }
  return { event, stamped: !ownTime, json }
}

type WarnOf = Log['warnOf']

function addProperties(into: Properties, name: string, given: unknown, warnOf: WarnOf): void {
  if (!isObject(given) || Array.isArray(given)) return
  for (const key of Object.keys(given)) {
    try {
      into[key] = given[key]
    } catch (error) {
      warnOf('property', name, key, error)
    }
  }
}
