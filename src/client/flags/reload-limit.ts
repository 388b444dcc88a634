/** How often a site may reload the flags: a listener of `onFeatureFlags` that reloads them would never end. */

import type { Clock, Millis } from '../../core/base/ports'

/** The most reloads by the site in so many ms. */
const RELOADS = 10
const RELOADS_MS = 10_000

/** The warning of a reload that is one too many. */
export const TOO_OFTEN = `reloadFeatureFlags was called more than ${RELOADS} times in ${RELOADS_MS / 1_000} s, by a listener of onFeatureFlags perhaps: the known flags stay`

export interface ReloadLimit {
  /** Whether the site may reload now. A reload that is allowed counts. */
  allows(): boolean
}

export function createReloadLimit(clock: Pick<Clock, 'now'>): ReloadLimit {
  let latest: Millis[] = []
  return {
    allows() {
      const now = clock.now()
      latest = latest.filter((at) => Math.abs(now - at) < RELOADS_MS)
      if (latest.length >= RELOADS) return false
      latest.push(now)
      return true
    },
  }
}
