/** The endpoint of a site that receives its events itself. */

import { asRecord, trimmed } from '../base/values'

export interface Endpoint {
  /** A path of the host, which begins with a slash. Blank for one that cannot be used: then nothing is sent. */
  path: string
  /** `json`: one object with all events in it. `ndjson`: a line for each event. */
  body: 'json' | 'ndjson'
}

/** The path to which events go where the site names none. */
export const DEFAULT_PATH = '/events'

/** A path with at most 500 characters of ASCII, whose query is kept. There is no hash in a request. */
const PATH = /^\/[!-"$-[\]-~]{0,499}$/

/** The path, trimmed, or `undefined` for what is none. */
export function readPath(value: unknown): string | undefined {
  const path = trimmed(value)
  return PATH.test(path) ? path : undefined
}

/** Parses an endpoint from a message or a stored record. Fails closed: what is damaged names no path. */
export function readEndpoint(raw: unknown): Endpoint {
  const { path, body } = asRecord(raw)
  const known = body === 'json' || body === 'ndjson'
  return { path: (known && readPath(path)) || '', body: known ? body : 'json' }
}
