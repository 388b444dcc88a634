/** The public types of feature flags. */

import type { PropertyBag } from '../core/event/event'

/** Whose feature flags are asked for, and how they are evaluated. Without options, known flags need no request. */
export interface FlagOptions {
  /** The person whose flags are meant. Default the person of the page. If given, the server is asked. */
  distinctId?: string | undefined
  /** Group type to group key. Default the person's groups. If given, the server is asked. */
  groups?: Record<string, string> | undefined
  /** Properties of the person to evaluate by, besides those that the server knows. If given, the server is asked. */
  personProperties?: PropertyBag | undefined
  /** Group type to properties of that group to evaluate by. If given, the server is asked. */
  groupProperties?: Record<string, PropertyBag> | undefined
  /**
   * Evaluates without the place of the device's address. Default the client's `disableGeoip`. If given, the server is
   * asked.
   */
  disableGeoip?: boolean | undefined
  /** Asks the server even where the flags are known. Default `false`. */
  forceRemote?: boolean | undefined
  /**
   * Gives only what the server has answered this page, and waits for that: `undefined` where it cannot be had. Default
   * `false`: flags of an earlier page are given at once, and asked for anew meanwhile.
   */
  fresh?: boolean | undefined
  /**
   * Whether `getFeatureFlag`, `getFeatureFlagResult` and `isFeatureEnabled` capture `$feature_flag_called`. Default
   * `true`.
   */
  sendEvent?: boolean | undefined
}

/** What is known of a flag. */
export interface FlagResult {
  key: string
  /** Whether the flag is on, in any variant. */
  enabled: boolean
  /** The name of the variant. Absent for a flag without variants, or one that is off. */
  variant?: string
  /** The parsed payload of the flag's value, if it has one. */
  payload?: unknown
}
