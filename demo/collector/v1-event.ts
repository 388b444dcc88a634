import { byteLength, instantOf, isObject } from './fields'
import type { IncomingEvent } from './v0'

interface Judgement {
  result: string
  details?: string
  event?: IncomingEvent
}

const MAX_BYTES = 200
const MAX_SDK_INFO_BYTES = 200

/** Accepted, but never turned into a person: what forgotten initialisation and bad templates send as an id. */
const GENERIC_IDS = new Set([
  '0',
  '00000000-0000-0000-0000-000000000000',
  '[object object]',
  'anonymous',
  'distinct_id',
  'distinctid',
  'email',
  'false',
  'guest',
  'id',
  'nan',
  'none',
  'not_authenticated',
  'null',
  'true',
  'undefined',
  'user',
])

/** The real server puts options back into the properties they were lifted from. */
const SENTINELS = {
  cookieless_mode: '$cookieless_mode',
  disable_skew_correction: '$ignore_sent_at',
  process_person_profile: '$process_person_profile',
  product_tour_id: '$product_tour_id',
}

/**
 * @param raw whose required fields are strings
 * @param uuid canonical
 */
export function judgeEvent(raw: Record<string, unknown>, uuid: string, sdk: string): Judgement {
  const name = String(raw.event)
  const distinctId = String(raw.distinct_id).trim()
  const timestamp = String(raw.timestamp)
  const instant = instantOf(timestamp)
  const properties = raw.properties ?? {}
  const options = readOptions(raw.options)
  if (name === '') return drop('missing_event_name')
  if (byteLength(name) > MAX_BYTES) return drop('event_name_too_long')
  if (name === '$performance_event') return drop('dropped_performance_event')
  if (distinctId === '') return drop('missing_distinct_id')
  if (byteLength(distinctId) > MAX_BYTES) return drop('distinct_id_too_large')
  if (instant === undefined) return drop('invalid_event_timestamp')
  if (!isObject(properties)) return drop('malformed_event_properties')
  if (!options) return drop('invalid_options')
  const event = {
    uuid,
    event: name,
    distinct_id: distinctId,
    timestamp,
    instant,
    properties: { ...properties, ...lifted(raw), ...options, ...libOf(sdk) },
  }
  return GENERIC_IDS.has(distinctId.toLowerCase())
    ? { result: 'warning', details: 'malformed_distinct_id', event }
    : { result: 'ok', event }
}

const drop = (details: string): Judgement => ({ result: 'drop', details })

/** @returns as properties; undefined when one is of the wrong type */
function readOptions(options: unknown): Record<string, unknown> | undefined {
  if (options === undefined || options === null) return {}
  if (!isObject(options)) return undefined
  const properties: Record<string, unknown> = {}
  for (const [name, sentinel] of Object.entries(SENTINELS)) {
    const given = options[name]
    if (given === undefined || given === null) continue
    const value = name === 'product_tour_id' ? asText(given) : asBoolean(given)
    if (value === undefined) return undefined
    properties[sentinel] = value
  }
  return properties
}

function asBoolean(value: unknown) {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : undefined
}

function asText(value: unknown) {
  if (typeof value === 'string') return value
  return Number.isInteger(value) ? String(value) : undefined
}

function lifted(raw: Record<string, unknown>) {
  const properties: Record<string, unknown> = {}
  if (typeof raw.session_id === 'string') properties.$session_id = raw.session_id
  if (typeof raw.window_id === 'string') properties.$window_id = raw.window_id
  return properties
}

function libOf(sdk: string) {
  const slash = sdk.lastIndexOf('/')
  const name = sdk.slice(0, Math.max(slash, 0)).trim()
  const version = sdk.slice(slash + 1).trim()
  const usable = byteLength(sdk) <= MAX_SDK_INFO_BYTES && name !== '' && version !== ''
  return usable ? { $lib: name, $lib_version: version } : {}
}
