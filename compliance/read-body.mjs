// @ts-check
/** What a recorded request's body says. */

import { gunzipSync, inflateSync } from 'node:zlib'

/** @type {Record<string, (bytes: Buffer) => Buffer>} */
const DECODERS = { gzip: gunzipSync, deflate: inflateSync }

/**
 * The JSON of a body, or `undefined` for one that cannot be read with the given encodings.
 *
 * @param {Buffer} bytes
 * @param {string | undefined} encoding the Content-Encoding header
 * @param {readonly string[]} understood
 * @returns {unknown}
 */
export function readBody(bytes, encoding, understood) {
  try {
    const decode = encoding && understood.includes(encoding) ? DECODERS[encoding] : undefined
    return JSON.parse((decode ? decode(bytes) : bytes).toString('utf8'))
  } catch {
    return undefined // Not JSON, or not in that encoding: whoever asserts on it sees that there is nothing.
  }
}

/**
 * The events in it: an array, `batch`, `data`, or the one object that it is.
 *
 * @param {unknown} json
 * @returns {Record<string, any>[]}
 */
export function eventsIn(json) {
  if (Array.isArray(json)) return json.filter(isObject)
  if (!isObject(json)) return []
  const list = Array.isArray(json.batch) ? json.batch : Array.isArray(json.data) ? json.data : [json]
  return list.filter(isObject)
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
