/** The public types of feature flags. */

import type { PropertyBag } from '../core/event/event'

/**
 * Whose feature flags are asked for, and how they are evaluated. Without options, known flags need no request. A name
 * that is no option is told once.
 */
export interface FlagOptions {
  /**
   * The person whose flags are meant. If given, the server is asked. Default the person of the page. A client in Node
   * knows no person: without this option it asks for no flags there, with a warning.
   *
   * @example
   * await client.getFeatureFlag('new-checkout', { distinctId: 'user-42' })
   */
  distinctId?: string | undefined
  /**
   * Group type to group key. If given, the server is asked. Default the person's groups; in Node none.
   *
   * @example
   * await outlast.getFeatureFlag('new-checkout', { groups: { company: 'acme' } })
   */
  groups?: Record<string, string> | undefined
  /**
   * Properties of the person to evaluate by, besides those that the server knows. If given, the server is asked.
   * Default none.
   *
   * @example
   * await outlast.getFeatureFlag('new-checkout', { personProperties: { plan: 'pro' } })
   */
  personProperties?: PropertyBag | undefined
  /**
   * Group type to properties of that group to evaluate by. If given, the server is asked. Default none.
   *
   * @example
   * await outlast.getFeatureFlag('new-checkout', { groupProperties: { company: { employees: 11 } } })
   */
  groupProperties?: Record<string, PropertyBag> | undefined
  /**
   * Evaluates without the place of the device's address. If given, the server is asked. Default the client's
   * `disableGeoip`.
   *
   * @example
   * await client.getFeatureFlag('new-checkout', { distinctId: 'user-42', disableGeoip: true })
   */
  disableGeoip?: boolean | undefined
  /**
   * Asks the server even where the flags are known. Default `false`.
   *
   * @example
   * await outlast.getFeatureFlag('new-checkout', { forceRemote: true })
   */
  forceRemote?: boolean | undefined
  /**
   * Gives only what the server has answered this page, and waits for that: `undefined` where it cannot be had. Default
   * `false`: flags of an earlier page are given at once, and asked for anew meanwhile.
   *
   * @example
   * await outlast.getFeatureFlag('new-checkout', { fresh: true })
   */
  fresh?: boolean | undefined
  /**
   * Whether `getFeatureFlag`, `getFeatureFlagResult` and `isFeatureEnabled` capture `$feature_flag_called`. Default
   * `true`.
   *
   * @example
   * await outlast.getFeatureFlag('new-checkout', { sendEvent: false })
   */
  sendEvent?: boolean | undefined
}

/** What is known of a flag. */
export interface FlagResult {
  /** The flag's key, as the caller gave it. */
  key: string
  /** Whether the flag is on, in any variant. */
  enabled: boolean
  /** The name of the variant. Absent for a flag without variants, or one that is off. */
  variant?: string
  /** The parsed payload of the flag's value, if it has one. */
  payload?: unknown
}
