/** Feature flags as posthog-js has them: answered at once from what is known, and asked for at `init`. */

import { asRecord, isObject, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { createFlagCalled } from './flag-called'
import { createFlagListeners } from './flag-listeners'
import { createFlagLoading } from './flag-loading'
import { createFlagMethods, type FlagMethods } from './flag-methods'
import { createFlagState } from './flag-state'
import { createGivenForFlags, type GivenForFlags } from './given-for-flags'
import { asksForFlags, type Self } from './self'
import type { PostHogBootstrap } from './types'

export interface Flags {
  start(): void
  /** @param gently whether nothing is asked while a server that gave no flags is left alone */
  reload(gently?: boolean): void
  onReset(bootstrap: PostHogBootstrap | undefined): void
  /** Tells listeners that no flags are known, if they were told of flags that are not the present person's any more. */
  tellIfGone(): void
  /** `$feature/…` and `$active_feature_flags`, for each event. */
  properties(): Properties
  /** The properties by which flags are evaluated, besides those that the server knows. */
  given: GivenForFlags
  methods: FlagMethods
}

/** @param captureCall returns whether the event was captured */
export function createFlags(self: Self, captureCall: (properties: Properties, minimal: boolean) => boolean): Flags {
  const state = createFlagState(self)
  const listeners = createFlagListeners(self, state)
  const { tell, tellIfGone } = listeners
  const given = createGivenForFlags(self)
  const loading = createFlagLoading(self, state, given, tell)
  const called = createFlagCalled(self, state, () => loading.errors, captureCall)

  function reload(gently?: boolean): void {
    // No answer will come that tells the listeners, who would go on with the flags of the person before.
    if (!asksForFlags(self) || !self.isCapturing()) tellIfGone()
    loading.reload(gently)
  }

  /** The person, or the groups, may have changed since flags were asked for, in another tab too. */
  function look(): void {
    if (self.client && loading.of !== undefined && loading.of !== state.whose()) reload()
  }

  return {
    start() {
      const { featureFlags, featureFlagPayloads, distinctID: id } = asRecord(self.config.bootstrap)
      // If the device knows another person than `bootstrap` names, that person stays, and these flags are not used.
      if (!isText(id) || id === self.client?.getDistinctId()) {
        state.bootstrap(featureFlags, featureFlagPayloads)
        if (isObject(featureFlags)) tell()
      }
      reload()
    },
    reload,
    tellIfGone,
    onReset(bootstrap) {
      called.forget()
      state.forget()
      if (bootstrap) state.bootstrap(bootstrap.featureFlags, bootstrap.featureFlagPayloads)
      // Listeners are told at once: the server may take its time, or not be asked, and another person may be before the
      // screen.
      if (state.known()) tell()
      else tellIfGone()
      reload()
    },
    properties() {
      if (!state.known()) return {}
      const added: Properties = { $active_feature_flags: Object.keys(state.active()) }
      for (const [key, value] of Object.entries(state.values())) added[`$feature/${key}`] = value
      return added
    },
    given,
    methods: createFlagMethods(self, state, given, listeners, called, look, reload),
  }
}
