/** Reads of what `init` was given what a page needs at once. What is not usable is its default; others say so. */

import { END_OF_TIME } from '../../core/base/limits'
import { copyOf } from '../../core/base/values'
import { INTAKE } from '../../core/config/intake'
import { DEFAULT_HOST, hostFrom, readApiKey } from '../../core/config/queue-config'
import type { BeforeSend } from '../../core/event/before-send'
import type { CaptureMode } from '../../core/event/event'
import type { CommonOptions, Logger, OutlastEvents } from '../types'
import { createLog, type Log } from './log'

export interface CaptureConfig {
  /** Blank without a project token: the client then does nothing at all. */
  apiKey: string
  host: string
  format: CaptureMode
  disableGeoip: boolean
  historical: boolean
  hooks: BeforeSend[]
  maxEventBytes: number
  maxQueueSize: number
  maxQueueBytes: number
  log: Log
  debug: boolean
  /** The `clock` option, which stamps events, */
  now: () => number
  /** and the platform's clock, which all else runs by: other tabs and the worker share the queue, and go by it too. */
  wall: () => number
  onError: ((drop: OutlastEvents['drop']) => void) | undefined
}

export interface Defaults {
  logger: Logger
  now: () => number
  /** What looks like a URL may still be none: a port beyond 65535, a name that no IDN can be. */
  isUrl(text: string): boolean
}

export function readCaptureOptions(apiKey: unknown, raw: unknown, defaults: Defaults): CaptureConfig {
  const options = copyOf(raw) as CommonOptions
  const { clock } = options
  const host = hostFrom(options.host)
  const debug = options.debug === true
  // A host keeps to the least and the most that they can be.
  const bounds = { ...INTAKE }
  for (const name of Object.keys(bounds) as (keyof typeof bounds)[]) {
    const given = options[name]
    if (typeof given === 'number' && given >= 0 && given < Number.POSITIVE_INFINITY) bounds[name] = Math.floor(given)
  }
  const log = createLog(has(options.logger, 'warn') ? options.logger : defaults.logger, debug)
  return {
    apiKey: readApiKey(apiKey) ?? '',
    host: host !== undefined && defaults.isUrl(host) ? host : DEFAULT_HOST,
    format: options.captureMode === 'v1' ? 'v1' : 'v0',
    disableGeoip: options.disableGeoip === true,
    historical: options.historicalMigration === true,
    hooks: hooksFrom(options.beforeSend),
    ...bounds,
    log,
    debug,
    onError: has(options, 'onError') ? options.onError : undefined,
    now: withinDates(has(clock, 'now') ? () => clock.now() : defaults.now),
    wall: withinDates(defaults.now),
  }
}

/** Whether it has that method. */
export function has<Name extends string>(given: unknown, name: Name): given is Record<Name, () => unknown> {
  try {
    // It may be a function itself, as `Date` is.
    return typeof (given as Record<Name, unknown> | undefined)?.[name] === 'function'
  } catch {
    return false
  }
}

export function listOf(given: unknown): unknown[] {
  try {
    return Array.isArray(given) ? Object.values(given) : [given]
  } catch {
    return [undefined]
  }
}

/** A hook that is no function cannot pass anything, so nothing passes: fail closed. */
function hooksFrom(given: unknown): BeforeSend[] {
  const hooks = given === undefined || given === null ? [] : listOf(given)
  return hooks.map((hook) => (typeof hook === 'function' ? (hook as BeforeSend) : () => null))
}

/** A page may have replaced `Date.now`, and a `clock` may say anything: then the platform's own time is taken. */
function withinDates(now: () => number): () => number {
  return () => {
    try {
      const at = now()
      if (typeof at === 'number' && at >= 0 && at < END_OF_TIME) return at
    } catch {
      // As good as no answer.
    }
    // biome-ignore lint/complexity/useDateNow: it may have been replaced, as said above.
    return new Date().getTime()
  }
}
