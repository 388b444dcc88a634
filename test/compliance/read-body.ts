/** What a recorded request's body says. */

import { gunzipSync, inflateSync } from 'node:zlib'

const DECODERS: Record<string, (bytes: Buffer) => Buffer> = { gzip: gunzipSync, deflate: inflateSync }

/**
 * The JSON of a body, or `undefined` for one that cannot be read with the given encodings.
 *
 * @param encoding the Content-Encoding header
 */
export function readBody(bytes: Buffer, encoding: string | undefined, understood: readonly string[]): unknown {
  try {
    const decode = encoding && understood.includes(encoding) ? DECODERS[encoding] : undefined
    return JSON.parse((decode ? decode(bytes) : bytes).toString('utf8'))
  } catch {
    return undefined // Not JSON, or not in that encoding: whoever asserts on it sees that there is nothing.
  }
}

/** An event as the wire has it. What is really in it is for its reader to assert. */
export interface WireEvent {
  uuid: string
  event: string
  distinct_id: string
  timestamp: string
  properties: Record<string, unknown>
  /** Only v1 has them. */
  options: Record<string, unknown>
  [name: string]: unknown
}

/** The events in it: an array, `batch`, `data`, or the one object that it is. */
export function eventsIn(json: unknown): WireEvent[] {
  if (Array.isArray(json)) return json.filter(isEvent)
  if (!isObject(json)) return []
  const list = Array.isArray(json.batch) ? json.batch : Array.isArray(json.data) ? json.data : [json]
  return list.filter(isEvent)
}

const isEvent = (value: unknown): value is WireEvent => isObject(value)

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
