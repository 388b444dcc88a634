/** Parses the options of `init` that are about requests for feature flags. */

import { MAX_DELAY } from '../../core/base/limits'
import type { HeadersSource } from '../../core/config/ask-headers'
import { readBounded, readHeaders, type Warn } from '../../core/config/read-option'
import type { CommonOptions } from '../types'

export interface FlagRequestOptions {
  timeoutMs: number
  maxRetries: number
  headers: Record<string, string> | HeadersSource
}

export function readFlagOptions(
  { featureFlagsRequestTimeout, featureFlagsRequestMaxRetries, requestHeaders }: CommonOptions,
  warn: Warn,
): FlagRequestOptions {
  return {
    timeoutMs: readBounded('featureFlagsRequestTimeout', featureFlagsRequestTimeout, [3_000, 1, MAX_DELAY], warn),
    maxRetries: readBounded('featureFlagsRequestMaxRetries', featureFlagsRequestMaxRetries, [1, 0, 10], warn),
    headers: typeof requestHeaders === 'function' ? requestHeaders : readHeaders(requestHeaders, () => undefined),
  }
}
