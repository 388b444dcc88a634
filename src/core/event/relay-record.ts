/**
 * A request that a relay has stored. It is in the queue as the properties of an event of v0, so that all code that
 * counts, lists, checks or saves events can do so with requests.
 */

import type { Credentials, Millis } from '../base/ports'
import { asRecord } from '../base/values'
import type { EventJson } from './event'

export interface RelayRequest {
  method: string
  url: string
  headers: Record<string, string>
  /** Absent in a request without a body. */
  body?: string
  /** The body is the base64 of bytes. */
  base64?: boolean
  credentials: Credentials
}

/** A stored request, and what is stored beside it. */
export interface RelayRecord {
  request: RelayRequest
  /**
   * For how long in ms the relay that stored it allows its headers to be kept. Absent where it said nothing, as earlier
   * versions do.
   */
  keptFor?: number
  /** When the request was handed over, by the page's clock. */
  at: Millis
}

/** Raised when the form of a request changes so that an earlier version could misread it. */
export const RECORD_VERSION = 1

/** The longest key, in characters: a queue remembers the keys of what it holds. */
const MAX_KEY = 200

/**
 * The key of a stored request, of which the queue holds the latest alone, and when the request was handed over, by the
 * page's clock.
 */
export function keyOf(json: EventJson): { key: string; at: Millis } | undefined {
  const { timestamp, properties } = asRecord(JSON.parse(json))
  const { key } = asRecord(properties)
  return typeof key === 'string' && key !== '' && key.length <= MAX_KEY
    ? { key, at: Date.parse(String(timestamp)) }
    : undefined
}

/** Parses a stored request. `newer`: a later version has written it. `undefined`: it is damaged, or an event. */
export function parseRelayRecord(json: EventJson): RelayRecord | 'newer' | undefined {
  const { timestamp, properties } = asRecord(JSON.parse(json))
  const { relay: version, keptFor, method, url, headers, body, base64, credentials } = asRecord(properties)
  if (typeof version === 'number' && version > RECORD_VERSION) return 'newer'
  const at = Date.parse(String(timestamp))
  if (version !== RECORD_VERSION || Number.isNaN(at) || typeof url !== 'string' || !isMethod(method)) return undefined
  if (body !== undefined && (typeof body !== 'string' || isWithoutBody(method))) return undefined
  if (base64 === true && !isBase64(String(body))) return undefined
  const known = CREDENTIALS.find((one) => one === credentials)
  if (!known || !Object.values(asRecord(headers)).every((value) => typeof value === 'string')) return undefined
  const read: RelayRequest = { method, url, headers: { ...(headers as object) }, credentials: known }
  if (body !== undefined) read.body = body
  if (base64 === true) read.base64 = true
  return typeof keptFor === 'number' ? { request: read, at, keptFor } : { request: read, at }
}

/** Whether a text is base64, as the platform's `atob` takes it. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[a-z0-9+/]*={0,2}$/i.test(text)

const CREDENTIALS: readonly Credentials[] = ['omit', 'same-origin', 'include']

/** Methods that `fetch` sends. */
const isMethod = (value: unknown): value is string =>
  typeof value === 'string' && /^(?!(CONNECT|TRACE|TRACK)$)[!#$%&'*+.^`|~\w-]+$/i.test(value)

/** Whether `fetch` refuses a body with this method. */
const isWithoutBody = (method: string): boolean => method === 'GET' || method === 'HEAD'
