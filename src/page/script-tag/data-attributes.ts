/** Reads a script tag's `data-` attributes as options of `init`. */

import { attributeOf } from '../../core/base/attribute-of'
import type { OutlastOptions } from '../types'

export interface ScriptAttributes {
  key: string | undefined
  options: OutlastOptions
  /** `data-pageviews`: capture `$pageview` at once. */
  pageviews: boolean
  /** `data-web-vitals`: capture web vitals. */
  webVitals: boolean
}

type Read = (text: string) => unknown

const number: Read = (text) => (text.trim() === '' ? Number.NaN : Number(text))
const flag: Read = (text) => text !== 'false'
const word: Read = (text) => text

/** The options that a string can express, each with its parser. `init` checks their values, as it does all options. */
const OPTIONS: Record<string, Read> = {
  host: word,
  captureMode: word,
  compression: word,
  persistence: word,
  flushAt: number,
  flushInterval: number,
  maxBatchSize: number,
  maxBatchBytes: number,
  maxQueueSize: number,
  maxQueueBytes: number,
  maxEventAge: number,
  maxEventBytes: number,
  requestTimeout: number,
  shutdownTimeout: number,
  maxRetries: number,
  retryInitialBackoff: number,
  retryMaxBackoff: number,
  maxConcurrentRequests: number,
  disableGeoip: flag,
  historicalMigration: flag,
  debug: flag,
  // Names of parameters, and `#` for the hash.
  mask: (text) => ({ queryParams: text.split(','), hash: text.includes('#') }),
}

/** Attributes that are no option of `init`, or only a part of one. */
const OTHERS = new Set([
  'key',
  'worker',
  'workerUrl',
  'workerScope',
  'workerBeforeSend',
  'distinctId',
  'pageviews',
  'webVitals',
])

/** @param data the element's `dataset`, with camelCase names */
export function readDataAttributes(data: Record<string, string | undefined>): ScriptAttributes {
  const options: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(data)) {
    if (text === undefined || OTHERS.has(name)) continue
    const read = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined
    if (read) options[name] = read(text)
    // It is no option: `init` names it, and captures nothing where it was to keep something back.
    else options[attributeOf(name)] = text || true
  }
  const { key, worker, workerUrl, workerScope, workerBeforeSend, distinctId, pageviews, webVitals } = data
  const on = (text: string | undefined) => text !== undefined && text !== 'false'
  const parts = {
    ...(workerUrl && { url: workerUrl }),
    ...(workerScope && { scope: workerScope }),
    ...(on(workerBeforeSend) && { beforeSend: true }),
  }
  if (worker === 'false') options.worker = false
  else if (Object.keys(parts).length > 0) options.worker = parts
  if (distinctId) options.bootstrap = { distinctId }
  return { key, options: options as OutlastOptions, pageviews: on(pageviews), webVitals: on(webVitals) }
}
