/** Reads a script tag's `data-` attributes as options of `init`. */

import { attributeOf } from '../../core/base/attribute-of'
import type { OutlastOptions } from '../types'

export interface ScriptAttributes {
  key: string | undefined
  options: OutlastOptions
  /** `data-pageviews`: capture page views, with words that say which; `undefined` where none are to be captured. */
  pageviews: string | undefined
  /** `data-web-vitals`: capture web vitals, with their names; `undefined` where none are to be captured. */
  webVitals: string | undefined
  /** `data-web-context`: add to events what web analytics works by. */
  webContext: boolean
  /**
   * `data-exceptions`: capture uncaught errors and unhandled rejections; with `console` also what `console.error`
   * writes.
   */
  exceptions: readonly string[] | undefined
  /** `data-tracing-headers`: hosts whose requests name the person. */
  tracingHeaders: readonly string[] | undefined
  /**
   * `data-bots`: capture page views and web vitals where a bot looks at the page too; or more words by which bots are
   * known.
   */
  bots: boolean | readonly string[]
}

// The options that a text can express. Patterns are shorter than lists of names. `init` checks the values, as it does
// all.
const WORDS = /^(bodyFormat|endpoint|host|adopt|consent|captureMode|persistence|compression|personProfiles)$/
const FLAGS =
  /^(debug|disableGeoip|historicalMigration|cookieless|crossSubdomain|featureFlagsOnEvents|respect(Dnt|Gpc))$/
const NUMBERS =
  /^(flush(At|Interval)|max(Batch(Size|Bytes)|Queue(Size|Bytes)|Event(Age|Bytes)|Retries|ConcurrentRequests)|(request|shutdown|featureFlagsRequest)Timeout|featureFlagsRequestMaxRetries|retry(Initial|Max)Backoff)$/

/** `data-bots` alone is a yes; other texts are words, with commas between them. */
const botsOf = (text = 'false') => (text === 'false' ? false : text === '' || text === 'true' || text.split(','))

/** @param data the element's `dataset`, with camelCase names */
export function readDataAttributes(data: Record<string, string | undefined>): ScriptAttributes {
  // Attributes that are no option of `init`, or only a part of one, and all others.
  const { key, worker, distinctId, pageviews, webVitals, webContext, exceptions, tracingHeaders, bots, ...others } =
    data
  const on = (text: string | undefined) => text !== undefined && text !== 'false'
  const options: Record<string, unknown> = {}
  const parts: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(others)) {
    if (text === undefined) continue
    const [, first, rest] = /^worker(.)(.+)/.exec(name) ?? []
    // `init` warns of a part that does not exist.
    if (first) parts[first.toLowerCase() + rest] = /U|Sc|T/.test(name) ? text || undefined : on(text)
    else if (WORDS.test(name)) options[name] = text
    // Without a value the attribute is a mask that cannot be used, which masks all that a mask can.
    else if (name === 'mask') options.mask = text || true
    else if (FLAGS.test(name)) options[name] = on(text)
    else if (NUMBERS.test(name)) options[name] = text.trim() ? Number(text) : Number.NaN
    // The name is no option: `init` warns of it, and captures nothing where the option was to keep something back.
    else options[name === 'apiHost' ? 'api_host' : attributeOf(name)] = text || true
  }
  if (worker === 'false') options.worker = false
  else if (Object.keys(parts).length > 0) options.worker = parts
  if (distinctId) options.bootstrap = { distinctId }
  return {
    key,
    options: options as OutlastOptions,
    pageviews: on(pageviews) ? pageviews : undefined,
    webVitals: on(webVitals) ? webVitals : undefined,
    webContext: on(webContext),
    exceptions: exceptions?.split(','),
    tracingHeaders: tracingHeaders?.split(','),
    bots: botsOf(bots),
  }
}
