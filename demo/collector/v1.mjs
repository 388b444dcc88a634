// @ts-check
import { canonicalUuid, instantOf, isObject } from './fields.mjs'
import { RETRY_AFTER_SECONDS, v1Error } from './v1-errors.mjs'
import { judgeEvent } from './v1-event.mjs'

/** @typedef {import('./v0.mjs').IncomingEvent} IncomingEvent */
/** @typedef {import('./v1-errors.mjs').Reply} Reply */
/** @typedef {{ uuid: string, result: string, details?: string, event?: IncomingEvent }} Verdict */

/** Of the body as it arrives. */
export const V1_COMPRESSED_LIMIT = 10 * 1024 * 1024
export const V1_LIMIT = 50 * 1024 * 1024

/**
 * The newer protocol: what is wrong with the envelope refuses the batch, what is wrong with one event drops that event.
 * @param {unknown} body parsed JSON
 * @param {string} sdk the PostHog-Sdk-Info header
 * @returns {{ ok: true, verdicts: Verdict[] } | { ok: false, reply: Reply, sent: number }}
 */
export function interpretV1(body, sdk) {
  const batch = isObject(body) && Array.isArray(body.batch) ? body.batch : undefined
  const sent = batch?.length ?? 0
  const refuse = (/** @type {string} */ tag, /** @type {string} */ text) =>
    /** @type {const} */ ({ ok: false, reply: v1Error(400, tag, text), sent })
  const unparsable = () => refuse('request_parsing_error', 'Failed to parse request body.')

  if (!isObject(body) || !batch || typeof body.created_at !== 'string') return unparsable()
  if (!['undefined', 'boolean'].includes(typeof body.historical_migration)) return unparsable()
  /** @type {{ uuid: string, raw: Record<string, unknown> }[]} */
  const events = []
  for (const raw of batch) {
    if (!isObject(raw)) return unparsable()
    const strings = [raw.event, raw.uuid, raw.distinct_id, raw.timestamp]
    if (!strings.every((value) => typeof value === 'string')) return unparsable()
    events.push({ uuid: String(raw.uuid).trim(), raw })
  }
  if (sent === 0) return refuse('empty_batch', 'request batch is empty')
  if (instantOf(body.created_at) === undefined) {
    return refuse('invalid_batch', `invalid batch: created_at is not valid RFC 3339: ${body.created_at}`)
  }
  /** @type {Map<string, Verdict>} */
  const verdicts = new Map()
  for (const { uuid, raw } of events) {
    if (uuid === '') return refuse('missing_event_uuid', 'event submitted without a uuid')
    const canonical = canonicalUuid(uuid)
    if (!canonical) return refuse('invalid_event_uuid', `invalid event uuid: ${uuid}`)
    if (verdicts.has(canonical)) return refuse('duplicate_event_uuid', `duplicate event uuid: ${uuid}`)
    verdicts.set(canonical, { uuid: canonical, ...judgeEvent(raw, canonical, sdk) })
  }
  return { ok: true, verdicts: [...verdicts.values()] }
}

/**
 * @param {Verdict[]} verdicts
 * @param {number} [retryAfter] seconds, when an event is to be sent again
 * @returns {Reply}
 */
export function v1Results(verdicts, retryAfter = RETRY_AFTER_SECONDS) {
  const results = Object.fromEntries(
    verdicts.map(({ uuid, result, details }) => [uuid, details === undefined ? { result } : { result, details }]),
  )
  const again = verdicts.some(({ result }) => result === 'retry')
  return { status: 200, headers: again ? { 'Retry-After': String(retryAfter) } : {}, body: { results } }
}

/**
 * @param {Verdict[]} verdicts
 * @returns {IncomingEvent[]}
 */
export function storedEvents(verdicts) {
  return verdicts.flatMap(({ result, event }) => (event && result !== 'drop' && result !== 'retry' ? [event] : []))
}
