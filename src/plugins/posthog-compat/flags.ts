/** Feature flags as posthog-js has them: answered at once from what is known, and asked for at `init`. */

import type { FlagSet } from '../../client/flags/flag-answer'
import { asRecord, isObject, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { createFlagCalled } from './flag-called'
import { createFlagLoading } from './flag-loading'
import { createFlagState } from './flag-state'
import { createGivenForFlags } from './given-for-flags'
import { asksForFlags, onceEach, type Self, safely } from './self'
import type { PostHogBootstrap, PostHogLike } from './types'

export interface Flags {
  start(): void
  /** @param gently not while a server that gave no flags is left alone */
  reload(gently?: boolean): void
  onReset(bootstrap: PostHogBootstrap | undefined): void
  /** Tells listeners that no flags are known, if they were told of some that are nobody's by now. */
  tellIfGone(): void
  /** `$feature/…` and `$active_feature_flags`, for each event. */
  properties(): Properties
  personForFlags(set: Properties, setOnce: Properties): void
  /** The anonymous person whose distinct id was `before` has become the present one. */
  followForFlags(before: string): void
  groupForFlags(type: string, properties: Properties | undefined): void
  methods: Pick<
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
}

type FlagsListener = Parameters<PostHogLike['onFeatureFlags']>[0]

/** @param captureCall returns whether the event was captured */
export function createFlags(self: Self, captureCall: (properties: Properties, minimal: boolean) => boolean): Flags {
  const state = createFlagState(self)
  const listeners = new Set<FlagsListener>()
  const warn = onceEach()
  /** Whether listeners have last heard of flags that were known. */
  let isTold = false

  /** Whether a listener is running: one that asks about an unknown flag has waited for flags already, so it is not told to. */
  let isTelling = false

  function hand(listener: FlagsListener, ...given: Parameters<FlagsListener>): void {
    const wasTelling = isTelling
    isTelling = true
    safely(() => listener(...given), 'a listener of onFeatureFlags')
    isTelling = wasTelling
  }

  /** The flags that are on: those alone are told to listeners. */
  function active() {
    const on = Object.entries(state.values()).filter(([, value]) => value)
    return { names: on.map(([key]) => key), values: Object.fromEntries(on) }
  }

  function tell(errorsLoading = false): void {
    const { names, values } = active()
    isTold = state.known()
    for (const listener of listeners) hand(listener, names, values, { errorsLoading })
  }

  const given = createGivenForFlags(self)
  const loading = createFlagLoading(self, state, given, tell)
  const called = createFlagCalled(self, state, () => loading.errors, captureCall)

  function tellIfGone(): void {
    if (isTold && !state.known()) tell()
  }

  function reload(gently?: boolean): void {
    // No answer will come that tells the listeners, who would go on with the flags of the person before.
    if (!asksForFlags(self) || !self.isCapturing()) tellIfGone()
    loading.reload(gently)
  }

  /** Whose flags are read may be another since they were asked for: another tab changes it too. */
  function look(): void {
    if (self.client && loading.of !== undefined && loading.of !== state.whose()) reload()
  }

  const flags: Flags = {
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
      // At once: the server may take its time, or not be asked, and the screen may have another person before it.
      if (isTold || state.known()) tell()
      reload()
    },
    properties() {
      if (!state.known()) return {}
      const added: Properties = { $active_feature_flags: active().names }
      for (const [key, value] of Object.entries(state.values())) added[`$feature/${key}`] = value
      return added
    },
    personForFlags(set, setOnce) {
      given.change((its) => {
        its.person = { ...setOnce, ...its.person, ...set }
      })
    },
    followForFlags: given.follow,
    groupForFlags(type, properties) {
      given.change(({ groups }) => {
        if (properties) groups[type] = { ...groups[type], ...properties }
        else delete groups[type]
      })
    },
    methods: {
      getFeatureFlag(key, options) {
        const result = flags.methods.getFeatureFlagResult(key, options)
        return result && (result.variant ?? result.enabled)
      },
      getFeatureFlagPayload: (key) => flags.methods.getFeatureFlagResult(key, { send_event: false })?.payload,
      getFeatureFlagResult(key, options = {}) {
        look()
        if (!self.client || (options.fresh && !state.fresh)) return undefined
        if (!state.known()) {
          if (!isTelling)
            warn(`flag ${key}`, `the flag "${key}" is not known before flags have loaded: use onFeatureFlags`)
          return undefined
        }
        if (options.send_event !== false) called.note(key)
        return state.result(key)
      },
      getAllFeatureFlags: () => (self.client ? state.keys().flatMap((key) => state.result(key) ?? []) : []),
      isFeatureEnabled: ((key, options) =>
        flags.methods.getFeatureFlagResult(key, options)?.enabled ??
        options?.defaultValue) as PostHogLike['isFeatureEnabled'],
      onFeatureFlags(listener) {
        listeners.add(listener)
        if (self.client && state.known()) {
          const { names, values } = active()
          isTold = true
          hand(listener, names, values)
        }
        return () => listeners.delete(listener)
      },
      reloadFeatureFlags: () => reload(),
      updateFlags(values, payloads, options) {
        const before = options?.merge ? state.set()?.flags : undefined
        state.bootstrap(values, payloads)
        const set: FlagSet = state.set() ?? { flags: {}, partial: false, minimalCalls: false }
        state.take({ ...set, flags: { ...before, ...set.flags } }, state.fresh)
        tell()
      },
      featureFlags: {
        overrideFeatureFlags(overrides) {
          state.override(overrides)
          tell()
        },
        override: (all) => flags.methods.featureFlags.overrideFeatureFlags(all),
      },
      setPersonPropertiesForFlags(properties, again = true) {
        const { $set, $set_once, ...plain } = asRecord(properties)
        flags.personForFlags({ ...plain, ...asRecord($set) }, asRecord($set_once))
        if (again) reload(true)
      },
      resetPersonPropertiesForFlags(again = true) {
        given.change((its) => {
          its.person = {}
        })
        if (again) reload(true)
      },
      setGroupPropertiesForFlags(properties, again = true) {
        for (const [type, one] of Object.entries(asRecord(properties))) flags.groupForFlags(type, asRecord(one))
        if (again) reload(true)
      },
      resetGroupPropertiesForFlags(type) {
        given.change((its) => {
          if (type === undefined) its.groups = {}
          else delete its.groups[type]
        })
      },
    },
  }
  return flags
}
