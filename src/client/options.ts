/** Reads what `init` was given into what the client runs by. */

import type { BeforeSend } from '../core/before-send'
import type { CaptureMode } from '../core/event'
import { CAPTURE_MODES } from '../core/formats'
import { MAX_DELAY } from '../core/limits'
import { type QueueConfig, readApiKey, readHost } from '../core/queue-config'
import { oneOf, readBounded, readSettings } from '../core/settings'
import { asRecord, show } from '../core/values'
import { createLog, type Log } from './log'
import type { CommonOptions, Logger, OutlastEvents } from './types'

export interface ClientConfig {
  /** `undefined` without a project token: the client then does nothing at all. */
  queue: QueueConfig | undefined
  format: CaptureMode
  disableGeoip: boolean
  historical: boolean
  hooks: BeforeSend[]
  onError: ((drop: OutlastEvents['drop']) => void) | undefined
  log: Log
  debug: boolean
  now: () => number
  flags: { timeoutMs: number; maxRetries: number }
}

const FLAGS_TIMEOUT = { default: 3_000, min: 1, max: MAX_DELAY }
const FLAGS_RETRIES = { default: 1, min: 0, max: 10 }

export interface Defaults {
  logger: Logger
  now: () => number
  styleOf(host: string): QueueConfig['style']
}

export function readOptions(apiKey: unknown, raw: unknown, defaults: Defaults): ClientConfig {
  const options = asRecord(raw) as CommonOptions
  const debug = options.debug === true
  const log = createLog(usableLogger(options.logger) ?? defaults.logger, debug)
  const token = readApiKey(apiKey)
  if (!token) log.warn(`init needs the project's API key, got ${show(apiKey)}; nothing will be captured`)
  const host = readHost(options.host, log.warn)
  const format = oneOf('captureMode', CAPTURE_MODES, options.captureMode, 'v0', log.warn)
  const settings = readSettings(options, log.warn)
  if (settings.compression === 'deflate' && format === 'v0') {
    log.warn("compression 'deflate' exists in captureMode 'v1' alone; using gzip")
    settings.compression = 'gzip'
  }
  const style = format === 'v1' || Object.keys(settings.requestHeaders).length > 0 ? 'headers' : defaults.styleOf(host)
  return {
    queue: token ? { apiKey: token, host, style, settings } : undefined,
    format,
    disableGeoip: options.disableGeoip === true,
    historical: options.historicalMigration === true,
    hooks: hooksFrom(options.beforeSend, log),
    onError: typeof options.onError === 'function' ? options.onError : undefined,
    log,
    debug,
    now: clockFrom(options.clock, log) ?? defaults.now,
    flags: {
      timeoutMs: readBounded('featureFlagsRequestTimeout', options.featureFlagsRequestTimeout, FLAGS_TIMEOUT, log.warn),
      maxRetries: readBounded(
        'featureFlagsRequestMaxRetries',
        options.featureFlagsRequestMaxRetries,
        FLAGS_RETRIES,
        log.warn,
      ),
    },
  }
}

function usableLogger(given: unknown): Logger | undefined {
  const logger = given as Logger | undefined
  return typeof logger?.warn === 'function' ? logger : undefined
}

/** A hook that is no function cannot pass anything, so nothing passes: fail closed. */
function hooksFrom(given: unknown, log: Log): BeforeSend[] {
  const hooks = given === undefined || given === null ? [] : [given].flat()
  return hooks.map((hook) => {
    if (typeof hook === 'function') return hook as BeforeSend
    log.warn(`beforeSend must be a function, got ${show(hook)}; every event is dropped`)
    return () => null
  })
}

function clockFrom(given: unknown, log: Log): (() => number) | undefined {
  if (given === undefined) return undefined
  const clock = given as { now(): number }
  if (typeof clock?.now === 'function') return () => clock.now()
  log.warn('clock must have a now() method; using Date.now')
  return undefined
}
