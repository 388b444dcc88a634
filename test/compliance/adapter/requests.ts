/** What the harness asks for, read into the SDK's words. */

import { isObject } from '../read-body'

interface Refused {
  ok: false
  reason: string
}

interface Init {
  ok: true
  apiKey: string
  /** The mock's URL. */
  target: string
  /** Of the SDK's `init`, all but the host. */
  options: Record<string, unknown>
}

interface Capture {
  ok: true
  event: string
  properties: Record<string, unknown>
  options: Record<string, unknown>
}

interface FlagRead {
  ok: true
  key: string
  options: Record<string, unknown>
}

/** The library retries for as long as an event is young; the harness expects an end after so many where it names none. */
const HARNESS_MAX_RETRIES = 3

/** The harness's name of an event option, to the property that it is lifted from. */
const SENTINELS: Record<string, string> = { disable_skew_correction: '$ignore_sent_at' }

export function readInit(
  raw: unknown,
  { wire, encoding }: { wire: 'v0' | 'v1'; encoding: 'gzip' | 'deflate' },
): Init | Refused {
  const body = isObject(raw) ? raw : {}
  const { api_key: apiKey, host: target } = body
  if (typeof apiKey !== 'string') return { ok: false, reason: 'init needs "api_key"' }
  if (typeof target !== 'string' || !/^https?:\/\//i.test(target) || !URL.canParse(target)) {
    return { ok: false, reason: 'init needs "host", an http(s) URL' }
  }
  const options = {
    captureMode: wire,
    compression: body.enable_compression === true ? encoding : 'none',
    maxRetries: body.max_retries ?? HARNESS_MAX_RETRIES,
    flushAt: body.flush_at,
    flushInterval: body.flush_interval_ms,
    disableGeoip: body.disable_geoip,
    historicalMigration: body.historical_migration,
  }
  return { ok: true, apiKey, target: target.replace(/\/+$/, ''), options: given(options) }
}

export function readCapture(raw: unknown): Capture | Refused {
  const { event, distinct_id: distinctId, properties, timestamp, uuid, options } = isObject(raw) ? raw : {}
  if (typeof event !== 'string') return { ok: false, reason: 'capture needs "event"' }
  if (typeof distinctId !== 'string') return { ok: false, reason: 'capture needs "distinct_id"' }
  const sentinels = Object.entries(isObject(options) ? options : {}).map(([name, value]) => [
    SENTINELS[name] ?? `$${name}`,
    value,
  ])
  return {
    ok: true,
    event,
    properties: { ...(isObject(properties) ? properties : {}), ...Object.fromEntries(sentinels) },
    options: given({ distinctId, timestamp, uuid }),
  }
}

export function readFlagRead(raw: unknown): FlagRead | Refused {
  const body = isObject(raw) ? raw : {}
  const { key, distinct_id: distinctId } = body
  if (typeof key !== 'string') return { ok: false, reason: 'get_feature_flag needs "key"' }
  if (typeof distinctId !== 'string') return { ok: false, reason: 'get_feature_flag needs "distinct_id"' }
  const options = {
    distinctId,
    groups: body.groups,
    personProperties: body.person_properties,
    groupProperties: body.group_properties,
    disableGeoip: body.disable_geoip,
    forceRemote: body.force_remote,
  }
  return { ok: true, key, options: given(options) }
}

/** Without what is null or undefined: the harness sends nulls for what a test does not set. */
function given(values: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null))
}
