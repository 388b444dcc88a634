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

/** The events in it: an array, `batch`, `data`, or the one object that it is. */
export function eventsIn(json: unknown): Record<string, any>[] {
  if (Array.isArray(json)) return json.filter(isObject)
  if (!isObject(json)) return []
  const list = Array.isArray(json.batch) ? json.batch : Array.isArray(json.data) ? json.data : [json]
  return list.filter(isObject)
}

export function isObject(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
