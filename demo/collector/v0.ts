import { randomUUID } from 'node:crypto'
import { canonicalUuid, instantOf, isObject, tokenFault } from './fields'

export interface IncomingEvent {
  uuid: string
  event: string
  distinct_id: string
  /** The timestamp as it was sent. */
  timestamp: string | null
  /** The timestamp in ms since the epoch, where it can be read. */
  instant: number | null
  properties: Record<string, unknown>
}
interface Accepted {
  ok: true
  events: IncomingEvent[]
  sent: number
}
interface Refused {
  ok: false
  status: number
  message: string
  sent: number
}

const MAX_DISTINCT_ID_CHARS = 200

/**
 * The older protocol: one bad event refuses the whole request.
 *
 * @param body parsed JSON
 */
export function interpretV0(body: unknown): Accepted | Refused {
  const list = eventList(body)
  if (!list) return refused(400, 'failed to parse request: no events in the body', 0)
  const sent = list.length
  if (sent === 0) return refused(400, 'request holds no event', 0)
  const tokens = new Set()
  const events: IncomingEvent[] = []
  for (const raw of list) {
    if (!isObject(raw)) return refused(400, 'failed to parse request: an event is not an object', sent)
    const outcome = readEvent(raw)
    if (typeof outcome === 'string') return refused(400, outcome, sent)
    events.push(outcome)
    tokens.add(rootToken(body) ?? eventToken(raw))
  }
  const fault = sharedTokenFault(tokens)
  return fault ? refused(401, fault, sent) : { ok: true, events, sent }
}

function eventList(body: unknown): unknown[] | undefined {
  if (Array.isArray(body)) return body
  if (!isObject(body)) return undefined
  if (Array.isArray(body.batch)) return body.batch
  if (Array.isArray(body.data)) return body.data
  return 'event' in body ? [body] : undefined
}

export function rootToken(body: unknown) {
  if (!isObject(body)) return undefined
  return firstString(body.api_key, body.token)
}

function eventToken(event: Record<string, unknown>) {
  const properties = isObject(event.properties) ? event.properties : {}
  return firstString(event.token, event.api_key, event.$token, properties.token, properties.api_key)
}

function sharedTokenFault(tokens: Set<unknown>) {
  if (tokens.has(undefined)) return 'event submitted without an api_key'
  if (tokens.size > 1) return 'batch submitted with inconsistent api_key values'
  const fault = tokenFault(String([...tokens][0]).trim())
  return fault && `API key is not valid: ${fault}`
}

/** @returns the event, or why there is none */
function readEvent(raw: Record<string, unknown>): IncomingEvent | string {
  const { event, uuid, timestamp, properties = {} } = raw
  if (typeof event !== 'string' || event === '') return 'event submitted with an empty event name'
  if (!isObject(properties)) return 'failed to parse request: properties is not an object'
  const distinctId = raw.distinct_id ?? raw.$distinct_id ?? properties.distinct_id
  if (distinctId === undefined || distinctId === null) return 'event submitted without a distinct_id'
  const id = typeof distinctId === 'string' ? distinctId : JSON.stringify(distinctId)
  if (id === '') return 'event submitted with an empty distinct_id'
  const known = uuid === undefined || uuid === null || uuid === '' ? randomUUID() : canonicalUuid(String(uuid))
  if (!known) return `failed to parse request: ${JSON.stringify(uuid)} is not a uuid`
  const sentAt = typeof timestamp === 'string' ? timestamp : null
  return {
    uuid: known,
    event,
    distinct_id: [...id].slice(0, MAX_DISTINCT_ID_CHARS).join(''),
    timestamp: sentAt,
    instant: sentAt === null ? null : (instantOf(sentAt) ?? null),
    properties: { ...rootSets(raw), ...properties },
  }
}

function rootSets(raw: Record<string, unknown>) {
  const sets: Record<string, unknown> = {}
  for (const name of ['$set', '$set_once']) if (isObject(raw[name])) sets[name] = raw[name]
  return sets
}

const firstString = (...values: unknown[]) => values.find((value) => typeof value === 'string')

const refused = (status: number, message: string, sent: number): Refused => ({ ok: false, status, message, sent })
