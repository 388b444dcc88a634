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

/** The same methods, but for the promise. */
type Unanswered = { [Name in keyof Asking]: () => Awaited<ReturnType<Asking[Name]>> }

/**
 * @param pending the number of events that wait in this page
 * @param kept the number of those events that outlast the page
 */
export const unanswered = (pending: () => number, kept: () => number): Unanswered => {
  const unknown = () => undefined
  return {
    flush: () => ({ delivered: 0, pending: pending(), dropped: 0 }),
    pending,
    stats: () => ({ accepted: pending(), delivered: 0, pending: pending(), dropped: {} }),
    shutdown: () => ({ delivered: 0, kept: kept(), dropped: pending() - kept() }),
    getFeatureFlag: unknown,
    isFeatureEnabled: unknown,
    getFeatureFlagPayload: unknown,
    getFeatureFlags: () => ({}),
    reloadFeatureFlags: unknown,
  }
}
