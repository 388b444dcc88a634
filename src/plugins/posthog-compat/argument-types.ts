/** The public types of what methods of posthog-js are given and give, and of its hooks. */

import type { FlagValue, Properties } from '../../client/types'
import type { PostHogEvent } from '../posthog-js'

/** A hook of posthog-js: returns the event, changed or not, or null to drop it. */
export type PostHogHook = (event: PostHogEvent) => PostHogEvent | null

/** What is known before the first event, instead of what the library would make up or ask for. */
export interface PostHogBootstrap {
  /**
   * The distinct id of a person who is seen for the first time. Default a new UUIDv7.
   *
   * @example
   * posthog.init('phc_key', { bootstrap: { distinctID: visitorId } })
   */
  distinctID?: string | null
  /**
   * Whether `distinctID` names a known person, so that `identify` with another id merges nothing. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { bootstrap: { distinctID: 'user-42', isIdentifiedID: true } })
   */
  isIdentifiedID?: boolean | null
  /**
   * The values of feature flags until the server has answered. Default none.
   *
   * @example
   * posthog.init('phc_key', { bootstrap: { featureFlags: { 'new-checkout': 'variant-b' } } })
   */
  featureFlags?: Record<string, FlagValue> | null
  /**
   * The payloads of those flags. Default none.
   *
   * @example
   * const featureFlagPayloads = { banner: { text: 'Hi' } }
   * posthog.init('phc_key', { bootstrap: { featureFlags: { banner: true }, featureFlagPayloads } })
   */
  featureFlagPayloads?: Record<string, unknown> | null
  /**
   * The session to go on with, a UUIDv7. It needs storage: with `persistence: 'memory'` it is not used. Default a new
   * session.
   *
   * @example
   * posthog.init('phc_key', { bootstrap: { sessionID } })
   */
  sessionID?: string | null
}

/** Options of one event. An unusable `timestamp` or `uuid` becomes the default, with a warning. */
export interface PostHogCaptureOptions {
  /**
   * Properties to set on the person. Default none.
   *
   * @example
   * posthog.capture('upgraded', {}, { $set: { plan: 'pro' } })
   */
  $set?: Properties
  /**
   * Properties to set on the person unless they are set already. Default none.
   *
   * @example
   * posthog.capture('signed up', {}, { $set_once: { first_seen: '2026-01-31' } })
   */
  $set_once?: Properties
  /**
   * Names of the person's properties to remove. Default none.
   *
   * @example
   * posthog.capture('left team', {}, { $unset: ['team'] })
   */
  $unset?: string[]
  /**
   * When the event happened. Default now.
   *
   * @example
   * posthog.capture('opened', {}, { timestamp: new Date('2026-01-31T12:00:00Z') })
   */
  timestamp?: Date
  /**
   * The event's id, a UUID. Default a new UUIDv7.
   *
   * @example
   * posthog.capture('paid', { total: 42 }, { uuid: order.uuid })
   */
  uuid?: string
  /** An option of posthog-js for its ways of sending, of which outlast has the one: it has no effect. */
  _url?: string
  /** An option of posthog-js for its ways of sending, of which outlast has the one: it has no effect. */
  _batchKey?: string
  /** An option of posthog-js for its ways of sending, of which outlast has the one: it has no effect. */
  _noTruncate?: boolean
  /** An option of posthog-js for its ways of sending, of which outlast has the one: it has no effect. */
  send_instantly?: boolean
  /** An option of posthog-js for its ways of sending, of which outlast has the one: it has no effect. */
  skip_client_rate_limiting?: boolean
  /** An option of posthog-js for its ways of sending, of which outlast has the one: it has no effect. */
  transport?: 'XHR' | 'fetch' | 'sendBeacon'
  /** An option of posthog-js for its ways of sending, of which outlast has the one: it has no effect. */
  _originatedFromCaptureException?: boolean
}

/** What JSON can express. */
export type PostHogJson = string | number | boolean | null | undefined | PostHogJson[] | { [name: string]: PostHogJson }

/** A feature flag with its payload. */
export interface PostHogFlagResult {
  /** The flag's key. */
  readonly key: string
  /** Whether the flag is on, in any variant. */
  readonly enabled: boolean
  /** The name of the variant; `undefined` for a flag without variants, or one that is off. */
  readonly variant: string | undefined
  /** The parsed payload of the flag's value; `undefined` where it has none. */
  readonly payload: PostHogJson
}

/** Options of a question about a feature flag. */
export interface PostHogFlagOptions {
  /**
   * Whether `$feature_flag_called` is captured. Default `true`.
   *
   * @example
   * posthog.getFeatureFlag('new-checkout', { send_event: false })
   */
  send_event?: boolean
  /**
   * Whether values of an earlier page and of `bootstrap` do not count. Default `false`.
   *
   * @example
   * posthog.getFeatureFlag('new-checkout', { fresh: true })
   */
  fresh?: boolean
}

/**
 * Values to have instead of the server's, for tests. A list switches these flags on, an object gives values, and one
 * with `flags` or `payloads` does so apart. `false` ends the overriding; `true` overrides no value, and has flags count
 * as loaded.
 */
export type PostHogFlagOverrides =
  | boolean
  | string[]
  | Record<string, FlagValue>
  | { flags?: boolean | string[] | Record<string, FlagValue>; payloads?: Record<string, unknown> }
