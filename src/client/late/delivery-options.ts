/** Parses the options that the delivery needs, and warns of the client's options that are invalid. */

import { MAX_DELAY, SHUTDOWN_TIMEOUT } from '../../core/base/limits'
import { readable } from '../../core/base/readable'
import { asRecord, copyOf } from '../../core/base/values'
import type { HeadersSource } from '../../core/config/ask-headers'
import { DEFAULT_PATH, type Endpoint, readPath } from '../../core/config/endpoint'
import { bounded } from '../../core/config/numbers'
import type { GivenConfig, GivenSettings, QueueConfig } from '../../core/config/queue-config'
import type { CaptureMode } from '../../core/event/event'
import { type CaptureConfig, has, listOf } from '../first/options'
import type { CommonOptions } from '../types'
import { checkOptions, warnOfUnknown } from './check-options'
import { readRelayOptions } from './of-relay'
import { COMMON_OPTIONS, RELAY_OPTIONS } from './option-names'

export interface DeliveryConfig {
  queue: GivenConfig
  /** The protocol of new events. */
  mode: CaptureMode
  shutdownTimeout: number
  /** The option `requestHeaders`, where it is a function. */
  askHeaders: HeadersSource | undefined
}

export function readDeliveryOptions(
  raw: unknown,
  { apiKey, host, format, logs: log }: CaptureConfig,
  styleOf: (host: string) => QueueConfig['style'],
  known: readonly string[] = COMMON_OPTIONS,
): DeliveryConfig {
  const given = readable(raw, 'init', log.warn) as CommonOptions
  const { relay } = asRecord(raw) as { relay?: object }
  warnOfUnknown(given, relay ? known.concat(RELAY_OPTIONS) : known, relay ? 'relay' : 'init', log.warnOf)
  const options = relay ? readRelayOptions(given, log.warnOf) : given
  if (/^phx_/.test(apiKey)) log.warnOf('secretKey')
  const check = checkOptions(options, log.warnOf)
  const mode = options.captureMode === 'v1' ? 'v1' : format
  check('captureMode', isMode)
  check('clock', (given) => has(given, 'now'))
  check('beforeSend', (given) => listOf(given).every((hook) => typeof hook === 'function'))
  check('compression', (given) => given !== 'deflate' || mode === 'v1' || relay !== undefined)
  const shutdownTimeout = bounded(options.shutdownTimeout, [SHUTDOWN_TIMEOUT, 0, MAX_DELAY])
  check('shutdownTimeout', () => shutdownTimeout !== undefined)
  const headers = readable(options.requestHeaders, 'requestHeaders', log.warn)
  const askHeaders = typeof options.requestHeaders === 'function' ? options.requestHeaders : undefined
  const isAsked = askHeaders !== undefined || copyOf(asRecord(options).worker).requestHeaders === true
  const endpoint = endpointOf(options, mode, check, log.warnOf)
  const isWithHeaders = mode !== 'v0' || isAsked || Object.keys(headers).length > 0
  const style = isWithHeaders ? 'headers' : styleOf(host)
  // The host parses the settings and reports invalid ones, so that a page need not load the code for that.
  const settings: GivenSettings = { ...cloneable(options), requestHeaders: cloneable(headers) }
  return {
    queue: {
      ...{ apiKey, host, style, settings },
      ...(isAsked && { headersAsked: true }),
      ...(endpoint && { endpoint }),
      ...(relay ? { relay } : {}),
    },
    mode,
    shutdownTimeout: shutdownTimeout ?? SHUTDOWN_TIMEOUT,
    askHeaders,
  }
}

/**
 * The site's own endpoint; `undefined` where events go to PostHog's. Fails closed: where the options do not tell to
 * which address the events are to go, the path is blank and nothing is sent.
 */
function endpointOf(
  { captureMode, endpoint, bodyFormat, host }: CommonOptions,
  mode: CaptureMode,
  check: ReturnType<typeof checkOptions>,
  warnOf: CaptureConfig['logs']['warnOf'],
): Endpoint | undefined {
  // A value that is no capture mode may have been meant for the site's own endpoint, whose events are not to go to
  // PostHog.
  if (!isMode(captureMode ?? 'v0')) return { path: '', body: 'json' }
  const isOwn = mode === 'json'
  const path = (endpoint ?? undefined) === undefined ? DEFAULT_PATH : readPath(endpoint)
  const isHost = (host ?? '') !== ''
  if (isOwn) {
    check('endpoint', () => path !== undefined)
    if (!isHost) warnOf('noHost')
  } else if ((endpoint ?? undefined) !== undefined) {
    warnOf('notOwn')
  } else return undefined
  check('bodyFormat', (given) => given === 'json' || given === 'ndjson')
  return { path: (isOwn && isHost && path) || '', body: bodyFormat === 'ndjson' ? bodyFormat : 'json' }
}

const isMode = (given: unknown): boolean => ['v0', 'v1', 'json'].includes(given as string)

/** A copy that can be posted. A value that no setting can have becomes `{}`, which the host finds invalid too. */
const cloneable = (given: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      Object(value) === value || typeof value === 'symbol' ? {} : value,
    ]),
  )
