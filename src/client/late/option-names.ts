/** The names of all options, which the compiler compares with their types. */

import type { TransportSettings } from '../../core/config/settings'
import type { CaptureOptions, CommonOptions, FlagOptions } from '../types'

type Names<Options> = Record<keyof Required<Options>, true>

const TRANSPORT: Names<TransportSettings> = {
  flushAt: true,
  flushInterval: true,
  maxBatchSize: true,
  maxBatchBytes: true,
  maxQueueSize: true,
  maxQueueBytes: true,
  maxEventAge: true,
  maxEventBytes: true,
  requestTimeout: true,
  maxRetries: true,
  retryInitialBackoff: true,
  retryMaxBackoff: true,
  maxConcurrentRequests: true,
  compression: true,
  requestHeaders: true,
}

const COMMON: Names<CommonOptions> = {
  ...TRANSPORT,
  host: true,
  captureMode: true,
  endpoint: true,
  bodyFormat: true,
  disableGeoip: true,
  historicalMigration: true,
  beforeSend: true,
  mask: true,
  shutdownTimeout: true,
  featureFlagsRequestTimeout: true,
  featureFlagsRequestMaxRetries: true,
  onError: true,
  logger: true,
  debug: true,
  clock: true,
}

const CAPTURE: Names<CaptureOptions> = { timestamp: true, uuid: true, distinctId: true, groups: true }

const FLAG: Names<FlagOptions> = {
  distinctId: true,
  groups: true,
  personProperties: true,
  groupProperties: true,
  disableGeoip: true,
  forceRemote: true,
  fresh: true,
  sendEvent: true,
}

/** Options of `init` that a page has besides. Their types are in page/types.ts; page/options.test.ts compares them. */
const PAGE = [
  'adopt',
  'bootstrap',
  'consent',
  'cookieless',
  'crossSubdomain',
  'featureFlagsOnEvents',
  'personProfiles',
  'persistence',
  'respectDnt',
  'respectGpc',
  'worker',
]

/** Options of `init` that every runtime has. */
export const COMMON_OPTIONS = Object.keys(COMMON)

/** All options of `init`. */
export const ALL_OPTIONS = [...COMMON_OPTIONS, ...PAGE]

/** Options of one event. */
export const CAPTURE_OPTIONS = Object.keys(CAPTURE)

/** Options of one question about feature flags. */
export const FLAG_OPTIONS = Object.keys(FLAG)

/** The options that a relay's caller has besides those of `init`, and `relay`, which a relay gives its client. */
export const RELAY_OPTIONS = [
  'compress',
  'dedupe',
  'headers',
  'hosts',
  'isDelivered',
  'maxAge',
  'maxBodyBytes',
  'name',
  'relay',
  'storedHeaders',
]
