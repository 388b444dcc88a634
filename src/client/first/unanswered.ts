/**
 * The answers of a client without a delivery: the client may not begin or is to do nothing at all, or the code that
 * delivers has not come.
 */

import type { PersonClient } from '../person-client'

/** The methods whose answer comes from a host or from the server. */
export type Asking = Pick<
  PersonClient,
  | 'flush'
  | 'pending'
  | 'stats'
  | 'shutdown'
  | 'getFeatureFlag'
  | 'isFeatureEnabled'
  | 'getFeatureFlagPayload'
  | 'getFeatureFlagResult'
  | 'getFeatureFlags'
  | 'getFeatureFlagsAndPayloads'
  | 'reloadFeatureFlags'
  | 'setPersonPropertiesForFlags'
  | 'resetPersonPropertiesForFlags'
  | 'setGroupPropertiesForFlags'
  | 'resetGroupPropertiesForFlags'
>

/** Methods of a page's client that only the late code has. */
export type Passed = Pick<PersonClient, 'debug' | 'setPersistence'>

/** The same methods, each answering at once. */
export type AtOnce = {
  [Name in Exclude<keyof (Asking & Passed), 'isFeatureEnabled'>]: () => Awaited<ReturnType<(Asking & Passed)[Name]>>
} & {
  isFeatureEnabled(key?: string, options?: { defaultValue?: boolean | undefined }): boolean | undefined
}

/**
 * @param pending the number of events that wait in this page
 * @param kept the number of those events that outlast the page
 */
export const unanswered = (pending: () => number, kept: () => number): AtOnce => ({
  flush: () => ({ delivered: 0, pending: pending(), dropped: 0 }),
  pending,
  stats: () => ({ accepted: pending(), delivered: 0, pending: pending(), dropped: {} }),
  shutdown: () => ({ delivered: 0, kept: kept(), dropped: pending() - kept() }),
  getFeatureFlag() {},
  getFeatureFlagPayload() {},
  getFeatureFlagResult() {},
  isFeatureEnabled: (_key, options) => options?.defaultValue,
  getFeatureFlags: () => ({}),
  getFeatureFlagsAndPayloads: () => ({ flags: {}, payloads: {} }),
  reloadFeatureFlags() {},
  setPersonPropertiesForFlags() {},
  resetPersonPropertiesForFlags() {},
  setGroupPropertiesForFlags() {},
  resetGroupPropertiesForFlags() {},
  debug() {},
  setPersistence() {},
})
