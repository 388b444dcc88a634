/** Parses the options that the delivery needs, and warns of the client's options that are invalid. */

import { MAX_DELAY, SHUTDOWN_TIMEOUT } from '../../core/base/limits'
import { readable } from '../../core/base/readable'
import { asRecord, copyOf, show } from '../../core/base/values'
import type { HeadersSource } from '../../core/config/ask-headers'
import { bounded } from '../../core/config/numbers'
import type { QueueConfig } from '../../core/config/queue-config'
import type { TransportSettings } from '../../core/config/settings'
import { type CaptureConfig, has, listOf } from '../first/options'
import type { CommonOptions } from '../types'
import { COMMON_OPTIONS } from './option-names'
import { warnOfUnknown } from './unknown-options'

export interface DeliveryConfig {
  queue: QueueConfig
  shutdownTimeout: number
  /** The option `requestHeaders`, where it is a function. */
  askHeaders: HeadersSource | undefined
}

export function readDeliveryOptions(
  raw: unknown,
  { apiKey, host, format, log }: CaptureConfig,
  styleOf: (host: string) => QueueConfig['style'],
  known: readonly string[] = COMMON_OPTIONS,
): DeliveryConfig {
  const options = readable(raw, 'init', log.warn) as CommonOptions
  warnOfUnknown(options, known, 'init', log.warn)
  if (/^phx_/.test(apiKey)) {
    log.warn(
      "the API key begins with phx_, so it is a person's secret, which each request then carries: use the project's token (phc_…), and revoke the key",
    )
  }
  const check = checkOptions(options, log.warn)
  check('captureMode', (given) => given === 'v0' || given === 'v1', `'v0' or 'v1'; using ${format}`)
  check('clock', (given) => has(given, 'now'), 'an object with now(); using Date.now')
  check('beforeSend', (given) => listOf(given).every((hook) => typeof hook === 'function'), 'a function; dropping all')
  check('compression', (given) => given !== 'deflate' || format === 'v1', "'gzip' unless captureMode is 'v1'")
  const shutdownTimeout = bounded(options.shutdownTimeout, [SHUTDOWN_TIMEOUT, 0, MAX_DELAY])
  check('shutdownTimeout', () => shutdownTimeout !== undefined, `a number of at least 0; using ${SHUTDOWN_TIMEOUT}`)
  const headers = readable(options.requestHeaders, 'requestHeaders', log.warn)
  const askHeaders = typeof options.requestHeaders === 'function' ? options.requestHeaders : undefined
  const isAsked = askHeaders !== undefined || copyOf(asRecord(options).worker).requestHeaders === true
  const style = format === 'v1' || isAsked || Object.keys(headers).length > 0 ? 'headers' : styleOf(host)
  // The host parses the settings and reports invalid ones, so that a page need not load the code for that.
  const settings = { ...cloneable(options), requestHeaders: cloneable(headers) } as unknown as TransportSettings
  return {
    queue: { apiKey, host, style, settings, ...(isAsked ? { headersAsked: true } : {}) },
    shutdownTimeout: shutdownTimeout ?? SHUTDOWN_TIMEOUT,
    askHeaders,
  }
}

/** Returns a function that warns of an option that is given but invalid. */
export const checkOptions =
  (options: object, warn: (message: string) => void) =>
  (name: string, isUsable: (value: unknown) => boolean, wanted: string): void => {
    const value = (options as Record<string, unknown>)[name] ?? undefined
    if (value !== undefined && !isUsable(value)) warn(`${name} must be ${wanted} (got ${withoutPassword(show(value))})`)
  }

/** A copy that can be posted. A value that no setting can have becomes `{}`, which the host finds invalid too. */
const cloneable = (given: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      Object(value) === value || typeof value === 'symbol' ? {} : value,
    ]),
  )

/** Hides user name and password of a URL. */
const withoutPassword = (text: string) => text.replace(/.*@/, '***@')
