/** The answers of a client without a delivery: there is no API key, or the code that delivers could not be loaded. */

import type { CommonClient } from '../types'

/** The methods whose answer comes from a host or from the server. */
export type Asking = Pick<
  CommonClient,
  | 'flush'
  | 'pending'
  | 'stats'
  | 'shutdown'
  | 'getFeatureFlag'
  | 'isFeatureEnabled'
  | 'getFeatureFlagPayload'
  | 'getFeatureFlags'
  | 'reloadFeatureFlags'
>

/**
 * @param pending the number of events that wait in this page
 * @param kept the number of those events that outlast the page
 */
export const unanswered = (pending: () => number, kept: () => number): Asking => {
  const unknown = async () => undefined
  return {
    flush: async () => ({ delivered: 0, pending: pending(), dropped: 0 }),
    pending: async () => pending(),
    stats: async () => ({ accepted: pending(), delivered: 0, pending: pending(), dropped: {} }),
    shutdown: async () => ({ delivered: 0, kept: kept(), dropped: pending() - kept() }),
    getFeatureFlag: unknown,
    isFeatureEnabled: unknown,
    getFeatureFlagPayload: unknown,
    getFeatureFlags: async () => ({}),
    reloadFeatureFlags: unknown,
  }
}
