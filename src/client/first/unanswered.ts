/** What a client answers where nobody can be asked: there is no project, or no code that could deliver. */

import type { CommonClient } from '../types'

/** The methods that ask somebody, and wait for an answer. */
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
 * @param pending events that wait here
 * @param kept those of them that outlast the page
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
