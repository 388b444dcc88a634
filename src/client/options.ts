/** Reads of what `init` was given what a page needs at once. What is not usable is its default; others say so. */

import type { BeforeSend } from '../core/before-send'
import type { CaptureMode } from '../core/event'
import { bounded, INTAKE_BOUNDS } from '../core/numbers'
import { DEFAULT_HOST, hostFrom, readApiKey } from '../core/queue-config'
import { asRecord } from '../core/values'
import { createLog, type Log } from './log'
import type { CommonOptions, Logger, OutlastEvents } from './types'

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
  now: () => number
  onError: ((drop: OutlastEvents['drop']) => void) | undefined
}

export interface Defaults {
  logger: Logger
  now: () => number
}

export function readCaptureOptions(apiKey: unknown, raw: unknown, defaults: Defaults): CaptureConfig {
  const options = asRecord(raw) as CommonOptions
  const { logger, clock } = options
  const debug = options.debug === true
  const bound = (name: keyof typeof INTAKE_BOUNDS) => {
    const bounds = INTAKE_BOUNDS[name]
    return bounded(options[name], bounds) ?? bounds[0]
  }
  return {
    apiKey: readApiKey(apiKey) ?? '',
    host: hostFrom(options.host) ?? DEFAULT_HOST,
    format: options.captureMode === 'v1' ? 'v1' : 'v0',
    disableGeoip: options.disableGeoip === true,
    historical: options.historicalMigration === true,
    hooks: hooksFrom(options.beforeSend),
    maxEventBytes: bound('maxEventBytes'),
    maxQueueSize: bound('maxQueueSize'),
    maxQueueBytes: bound('maxQueueBytes'),
    log: createLog(typeof logger?.warn === 'function' ? logger : defaults.logger, debug),
    debug,
    onError: typeof options.onError === 'function' ? options.onError : undefined,
    now: typeof clock?.now === 'function' ? () => clock.now() : defaults.now,
  }
}

/** A hook that is no function cannot pass anything, so nothing passes: fail closed. */
function hooksFrom(given: unknown): BeforeSend[] {
  const hooks = given === undefined || given === null ? [] : [given].flat()
  return hooks.map((hook) => (typeof hook === 'function' ? (hook as BeforeSend) : () => null))
}
