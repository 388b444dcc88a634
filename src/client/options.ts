/** Reads what `init` was given into what the client runs by. */

import type { BeforeSend } from '../core/before-send'
import type { CaptureMode } from '../core/event'
import { MAX_DELAY } from '../core/limits'
import {
  CAPTURE_MODES,
  DEFAULT_HOST,
  oneOf,
  type QueueConfig,
  readApiKey,
  readable,
  readBounded,
  readHost,
  readSettings,
  show,
} from '../core/settings'
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
  /** @throws where no request can be made to the host */
  styleOf(host: string): QueueConfig['style']
}

export function readOptions(apiKey: unknown, raw: unknown, defaults: Defaults): ClientConfig {
  const unread: string[] = []
  const options = readable(raw, 'init', (message) => unread.push(message)) as CommonOptions
  const debug = options.debug === true
  const log = createLog(usableLogger(options.logger) ?? defaults.logger, debug)
  for (const message of unread) log.warn(message)
  const token = readApiKey(apiKey)
  if (!token) log.warn(`init needs the project's API key, got ${show(apiKey)}; nothing will be captured`)
  const { host, style: defaultStyle } = locate(readHost(options.host, log.warn), defaults, log)
  const format = oneOf('captureMode', CAPTURE_MODES, options.captureMode, 'v0', log.warn)
  const settings = readSettings(options, log.warn)
  if (settings.compression === 'deflate' && format === 'v0') {
    log.warn("compression 'deflate' exists in captureMode 'v1' alone; using gzip")
    settings.compression = 'gzip'
  }
  const style = format === 'v1' || Object.keys(settings.requestHeaders).length > 0 ? 'headers' : defaultStyle
  return {
    queue: token ? { apiKey: token, host, style, settings } : undefined,
    format,
    disableGeoip: options.disableGeoip === true,
    historical: options.historicalMigration === true,
    hooks: hooksFrom(options.beforeSend, log),
    onError: typeof options.onError === 'function' ? options.onError : undefined,
    log,
    debug,
    now: withinDates(clockFrom(options.clock, log) ?? defaults.now),
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
  try {
    const logger = given as Logger | undefined
    return typeof logger?.warn === 'function' ? logger : undefined
  } catch {
    return undefined
  }
}

/** What looks like a URL may still be none: a port beyond 65535, a name that no IDN can be. */
function locate(host: string, { styleOf }: Defaults, log: Log): { host: string; style: QueueConfig['style'] } {
  try {
    return { host, style: styleOf(host) }
  } catch {
    log.warn(`host must be an absolute http(s) URL, got ${show(host)}; using ${DEFAULT_HOST}`)
    return { host: DEFAULT_HOST, style: styleOf(DEFAULT_HOST) }
  }
}

function listOf(given: unknown): unknown[] {
  try {
    return Array.isArray(given) ? Object.values(given) : [given]
  } catch {
    return [undefined]
  }
}

/** A hook that is no function cannot pass anything, so nothing passes: fail closed. */
function hooksFrom(given: unknown, log: Log): BeforeSend[] {
  const hooks = given === undefined || given === null ? [] : listOf(given)
  return hooks.map((hook) => {
    if (typeof hook === 'function') return hook as BeforeSend
    log.warn(`beforeSend must be a function, got ${show(hook)}; every event is dropped`)
    return () => null
  })
}

function clockFrom(given: unknown, log: Log): (() => number) | undefined {
  if (given === undefined) return undefined
  try {
    const clock = given as { now(): number }
    if (typeof clock?.now === 'function') return () => clock.now()
  } catch {
    // As good as none.
  }
  log.warn('clock must have a now() method; using Date.now')
  return undefined
}

/** The end of the year 9999, the last that a timestamp can name. */
const END_OF_TIME = 253_402_300_800_000

/** A page may have replaced `Date.now`, and a `clock` may say anything: then the platform's own time is taken. */
function withinDates(now: () => number): () => number {
  return () => {
    try {
      const at = now()
      if (typeof at === 'number' && at >= 0 && at < END_OF_TIME) return at
    } catch {
      // As good as no answer.
    }
    // biome-ignore lint/complexity/useDateNow: that is what was replaced
    return new Date().getTime()
  }
}
