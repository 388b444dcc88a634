/**
 * posthog-js's methods about feature flags: a site reads flags, gives flags of its own, and says by what they are
 * evaluated.
 */

import type { FlagSet } from '../../client/flags/flag-answer'
import { asRecord } from '../../core/base/values'
import type { FlagCalled } from './flag-called'
import type { FlagListeners } from './flag-listeners'
import type { FlagState } from './flag-state'
import type { GivenForFlags } from './given-for-flags'
import { onceEach, type Self } from './self'
import type { PostHogLike } from './types'

export type FlagMethods = Pick<
  PostHogLike,
  | 'getFeatureFlag'
  | 'getFeatureFlagPayload'
  | 'getFeatureFlagResult'
  | 'getAllFeatureFlags'
  | 'isFeatureEnabled'
  | 'onFeatureFlags'
  | 'reloadFeatureFlags'
  | 'updateFlags'
  | 'featureFlags'
  | 'setPersonPropertiesForFlags'
  | 'resetPersonPropertiesForFlags'
  | 'setGroupPropertiesForFlags'
  | 'resetGroupPropertiesForFlags'
>

/**
 * @param look asks the server anew where the flags that are about to be read were asked for another person
 * @param reload asks the server anew; `gently`, it asks nothing while a server that gave no flags is left alone
 */
export function createFlagMethods(
  self: Self,
  state: FlagState,
  given: GivenForFlags,
  listeners: FlagListeners,
  called: FlagCalled,
  look: () => void,
  reload: (gently?: boolean) => void,
): FlagMethods {
  const warn = onceEach()

  const methods: FlagMethods = {
    getFeatureFlag(key, options) {
      const result = methods.getFeatureFlagResult(key, options)
      return result && (result.variant ?? result.enabled)
    },
    getFeatureFlagPayload: (key) => methods.getFeatureFlagResult(key, { send_event: false })?.payload,
    getFeatureFlagResult(key, options = {}) {
      look()
      if (!self.client || (options.fresh && !state.fresh)) return undefined
      if (!state.known()) {
        if (!listeners.isTelling())
          warn(`flag ${key}`, `the flag "${key}" is not known before flags have loaded: use onFeatureFlags`)
        return undefined
      }
      if (options.send_event !== false) called.note(key)
      return state.result(key)
    },
    getAllFeatureFlags: () => (self.client ? state.keys().flatMap((key) => state.result(key) ?? []) : []),
    isFeatureEnabled: ((key, options) =>
      methods.getFeatureFlagResult(key, options)?.enabled ?? options?.defaultValue) as PostHogLike['isFeatureEnabled'],
    onFeatureFlags: listeners.onFeatureFlags,
    reloadFeatureFlags: () => reload(),
    updateFlags(values, payloads, options) {
      const before = options?.merge ? state.set()?.flags : undefined
      state.bootstrap(values, payloads)
      const set: FlagSet = state.set() ?? { flags: {}, partial: false, minimalCalls: false }
      state.take({ ...set, flags: { ...before, ...set.flags } }, state.fresh)
      listeners.tell()
    },
    featureFlags: {
      overrideFeatureFlags(overrides) {
        state.override(overrides)
        listeners.tell()
      },
      override: (all) => methods.featureFlags.overrideFeatureFlags(all),
    },
    setPersonPropertiesForFlags(properties, again = true) {
      const { $set, $set_once, ...plain } = asRecord(properties)
      given.addToPerson({ ...plain, ...asRecord($set) }, asRecord($set_once))
      if (again) reload(true)
    },
    resetPersonPropertiesForFlags(again = true) {
      given.change((its) => {
        its.person = {}
      })
      if (again) reload(true)
    },
    setGroupPropertiesForFlags(properties, again = true) {
      for (const [type, one] of Object.entries(asRecord(properties))) given.addToGroup(type, asRecord(one))
      if (again) reload(true)
    },
    resetGroupPropertiesForFlags(type) {
      given.change((its) => {
        if (type === undefined) its.groups = {}
        else delete its.groups[type]
      })
    },
  }
  return methods
}
