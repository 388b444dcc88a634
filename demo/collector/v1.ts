import { canonicalUuid, instantOf, isObject } from './fields'
import type { IncomingEvent } from './v0'
import { RETRY_AFTER_SECONDS, type Reply, v1Error } from './v1-errors'
import { judgeEvent } from './v1-event'

export interface Verdict {
  uuid: string
  result: string
  details?: string
  event?: IncomingEvent
}

/** Of the body as it arrives. */
export const V1_COMPRESSED_LIMIT = 10 * 1024 * 1024
export const V1_LIMIT = 50 * 1024 * 1024

/**
 * The newer protocol: what is wrong with the envelope refuses the batch, what is wrong with one event drops that event.
 *
 * @param body parsed JSON
 * @param sdk the PostHog-Sdk-Info header
 */
export function interpretV1(
  body: unknown,
  sdk: string,
): { ok: true; verdicts: Verdict[] } | { ok: false; reply: Reply; sent: number } {
  const batch = isObject(body) && Array.isArray(body.batch) ? body.batch : undefined
  const sent = batch?.length ?? 0
  const refuse = (tag: string, text: string) => ({ ok: false, reply: v1Error(400, tag, text), sent }) as const
  const unparsable = () => refuse('request_parsing_error', 'Failed to parse request body.')

  if (!isObject(body) || !batch || typeof body.created_at !== 'string') return unparsable()
  if (!['undefined', 'boolean'].includes(typeof body.historical_migration)) return unparsable()
  const events: { uuid: string; raw: Record<string, unknown> }[] = []
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
  const verdicts = new Map<string, Verdict>()
  for (const { uuid, raw } of events) {
    if (uuid === '') return refuse('missing_event_uuid', 'event submitted without a uuid')
    const canonical = canonicalUuid(uuid)
    if (!canonical) return refuse('invalid_event_uuid', `invalid event uuid: ${uuid}`)
    if (verdicts.has(canonical)) return refuse('duplicate_event_uuid', `duplicate event uuid: ${uuid}`)
    verdicts.set(canonical, { uuid: canonical, ...judgeEvent(raw, canonical, sdk) })
  }
  return { ok: true, verdicts: [...verdicts.values()] }
}

/** @param retryAfter seconds, when an event is to be sent again */
export function v1Results(verdicts: Verdict[], retryAfter: number = RETRY_AFTER_SECONDS): Reply {
  const results = Object.fromEntries(
    verdicts.map(({ uuid, result, details }) => [uuid, details === undefined ? { result } : { result, details }]),
  )
  const again = verdicts.some(({ result }) => result === 'retry')
  return { status: 200, headers: again ? { 'Retry-After': String(retryAfter) } : {}, body: { results } }
}

export function storedEvents(verdicts: Verdict[]): IncomingEvent[] {
  return verdicts.flatMap(({ result, event }) => (event && result !== 'drop' && result !== 'retry' ? [event] : []))
}
