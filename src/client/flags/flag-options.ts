import { MAX_DELAY } from '../../core/base/limits'
import { readBounded, readHeaders, type Warn } from '../../core/config/read-option'
import type { CommonOptions } from '../types'

export interface FlagRequestOptions {
  timeoutMs: number
  maxRetries: number
  headers: Record<string, string>
}

export function readFlagOptions(
  { featureFlagsRequestTimeout, featureFlagsRequestMaxRetries, requestHeaders }: CommonOptions,
  warn: Warn,
): FlagRequestOptions {
  return {
    timeoutMs: readBounded('featureFlagsRequestTimeout', featureFlagsRequestTimeout, [3_000, 1, MAX_DELAY], warn),
    maxRetries: readBounded('featureFlagsRequestMaxRetries', featureFlagsRequestMaxRetries, [1, 0, 10], warn),
    headers: readHeaders(requestHeaders, () => undefined),
  }
}
