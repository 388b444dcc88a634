/** Reads what `init` was given into what delivery runs by, and warns of every option that is not usable. */

import { CAPTURE_MODES } from '../core/formats'
import { MAX_DELAY } from '../core/limits'
import type { QueueConfig } from '../core/queue-config'
import { oneOf, readBounded, readHost, readSettings } from '../core/settings'
import { asRecord, show } from '../core/values'
import type { CaptureConfig } from './options'
import type { CommonOptions } from './types'

export interface DeliveryConfig {
  queue: QueueConfig
  flags: { timeoutMs: number; maxRetries: number }
}

export function readDeliveryOptions(
  raw: unknown,
  { apiKey, host, format, log }: CaptureConfig,
  styleOf: (host: string) => QueueConfig['style'],
): DeliveryConfig {
  const options = asRecord(raw) as CommonOptions
  const { warn } = log
  readHost(options.host, warn)
  oneOf('captureMode', CAPTURE_MODES, options.captureMode, format, warn)
  const settings = readSettings(options, warn)
  if (settings.compression === 'deflate' && format === 'v0') {
    warn("compression 'deflate' exists in captureMode 'v1' alone; using gzip")
    settings.compression = 'gzip'
  }
  for (const hook of [options.beforeSend ?? []].flat()) {
    if (typeof hook !== 'function') warn(`beforeSend must be a function, got ${show(hook)}; every event is dropped`)
  }
  if (options.clock !== undefined && typeof options.clock?.now !== 'function') {
    warn('clock must have a now() method; using Date.now')
  }
  const style = format === 'v1' || Object.keys(settings.requestHeaders).length > 0 ? 'headers' : styleOf(host)
  const { featureFlagsRequestTimeout, featureFlagsRequestMaxRetries } = options
  return {
    queue: { apiKey, host, style, settings },
    flags: {
      timeoutMs: readBounded('featureFlagsRequestTimeout', featureFlagsRequestTimeout, [3_000, 1, MAX_DELAY], warn),
      maxRetries: readBounded('featureFlagsRequestMaxRetries', featureFlagsRequestMaxRetries, [1, 0, 10], warn),
    },
  }
}
