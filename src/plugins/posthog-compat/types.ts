/** The public types of `outlast/posthog-compat`: posthog-js's names, with what outlast does for each. */

import type { FlagValue, Properties, PropertyBag } from '../../client/types'
import type { Outlast, OutlastOptions } from '../../page/types'
import type { PostHogEvent } from '../posthog-js'

/** A hook of posthog-js: returns the event, changed or not, or null to drop it. */
export type PostHogHook = (event: PostHogEvent) => PostHogEvent | null

/** What is known before the first event, instead of what the library would make up or ask for. */
export interface PostHogBootstrap {
  /** The distinct id of a person who is seen for the first time. */
  distinctID?: string | null
  /** Whether `distinctID` names a known person, so that `identify` with another id merges nothing. Default `false`. */
  isIdentifiedID?: boolean | null
  /** The values of feature flags until the server has answered. */
  featureFlags?: Record<string, FlagValue> | null
  /** The payloads of those flags. */
  featureFlagPayloads?: Record<string, unknown> | null
  /** The session to go on with, a UUIDv7. It needs storage: with `persistence: 'memory'` it is not used. */
  sessionID?: string | null
}

/**
 * The options of posthog-js that have an effect here. Any other one is accepted, and named in a warning if it would do
 * something in posthog-js.
 */
export interface PostHogConfig {
  /** The option `host`. Default `https://us.i.posthog.com`. */
  api_host?: string
  /** What is known before the first event. Default nothing. */
  bootstrap?: PostHogBootstrap
  /**
   * `'memory'` and `'sessionStorage'` store nothing on the device. All other values store what the browser lets be
   * stored.
   */
  persistence?: string
  /** `true` stores nothing on the device. Default `false`. */
  disable_persistence?: boolean
  /**
   * `true` is the option `crossSubdomain`, unless `persistence` says that there are no cookies. It has to be said: the default of
   * posthog-js is `true`, and here `false`.
   */
  cross_subdomain_cookie?: boolean
  /** Captures nothing of a person who has not chosen yet. A default and no choice. Default `false`. */
  opt_out_capturing_by_default?: boolean
  /** With the above: stores nothing on the device either, until the person has opted in. Default `false`. */
  opt_out_persistence_by_default?: boolean
  /** Takes a browser's "do not track" for a refusal. Default `false`. */
  respect_dnt?: boolean
  /** `'always'` stores and sends no id. `'on_reject'` captures nothing until the person has opted in. */
  cookieless_mode?: 'always' | 'on_reject'
  /**
   * Captures `$pageview` once `loaded` has run and the page is shown; `'history_change'` also after each navigation
   * within the page. Default `true`, or `'history_change'` where `defaults` is at least `'2025-05-24'`.
   */
  capture_pageview?: boolean | 'history_change' | { path?: boolean; search?: boolean; hash?: boolean }
  /** Captures `$pageleave` when the page is left. Default: where `capture_pageview` is on. */
  capture_pageleave?: boolean | 'if_capture_pageview'
  /** `true` leaves out of `$pageview` and `$pageleave` how far the page was scrolled. Default `false`. */
  disable_scroll_properties?: boolean
  /** The selector of the element that is scrolled, or several, of which the first that is found counts. Default the page. */
  scroll_root_selector?: string | string[]
  /** Captures web vitals where it is `true`, or `web_vitals` in it is. Default `false`. */
  capture_performance?:
    | boolean
    | { web_vitals?: boolean; web_vitals_allowed_metrics?: string[]; web_vitals_attribution?: boolean | string[] }
  /** Whether uncaught errors and unhandled rejections are captured; or what of this, and of `console.error`, is. Default `false`. */
  capture_exceptions?:
    | boolean
    | { capture_unhandled_errors?: boolean; capture_unhandled_rejections?: boolean; capture_console_errors?: boolean }
  /** How exceptions are captured. */
  error_tracking?: {
    exception_steps?: { enabled?: boolean; max_bytes?: number }
    exceptionRateLimiterBucketSize?: number
    captureExtensionExceptions?: boolean
  }
  /** Whose events make a person profile. Default `'identified_only'`. */
  person_profiles?: 'always' | 'never' | 'identified_only'
  /** `true` loads no feature flags. Default `false`. */
  advanced_disable_flags?: boolean
  /** `true` loads no feature flags. Default `false`. */
  advanced_disable_feature_flags?: boolean
  /** One hook or a chain, which may change or drop (return null) each event. Fail closed. */
  before_send?: PostHogHook | PostHogHook[] | null
  /** Properties that no event may have. Default none. */
  property_denylist?: string[]
  /** Gives the properties of an event; if it throws, the event is dropped. `before_send` is its successor. */
  sanitize_properties?: ((properties: Properties, event: string) => Properties) | null
  /** Gives the address that events name, for the page's own. */
  get_current_url?: (url: string) => string
  /** `true` cuts what follows `#` from addresses. Default `false`. */
  disable_capture_url_hashes?: boolean
  /** `true` masks click ids and the like in addresses, and what `custom_personal_data_properties` names. */
  mask_personal_data_properties?: boolean
  /** More query parameters to mask. Default none. */
  custom_personal_data_properties?: string[]
  /** `true` captures what a robot does too. Default `false`. */
  opt_out_useragent_filter?: boolean
  /** More texts by which a robot's user agent is known. Default none. */
  custom_blocked_useragents?: string[]
  /** `true` leaves the former id out of `$identify`. Default `false`. */
  reuseAnonymousId?: boolean
  /** Headers of every request. Default none. */
  request_headers?: Record<string, string>
  /** Hosts of the page's own requests that get `X-POSTHOG-DISTINCT-ID`, `-SESSION-ID` and `-WINDOW-ID`. Default none. */
  tracing_headers?: string[]
  /** Logs what happens to each event. Default `false`. */
  debug?: boolean
  /** Called before the first `$pageview`. */
  loaded?: (posthog: PostHogLike) => void
  /**
   * Options of outlast's own, such as `worker`. Its `beforeSend` runs before `before_send`. A `consent` other than
   * `'granted'` is `opt_out_capturing_by_default` and `opt_out_persistence_by_default`.
   */
  outlast?: Omit<OutlastOptions, 'host' | 'persistence' | 'bootstrap'>
  /** Any other option of posthog-js. Those that do nothing here are named in one warning. */
  [option: string]: unknown
}

/** Options of one event. */
export interface PostHogCaptureOptions {
  /** Properties to set on the person. */
  $set?: Properties
  /** Properties to set on the person unless they are set already. */
  $set_once?: Properties
  /** Names of the person's properties to remove. */
  $unset?: string[]
  /** When the event happened. Default now. */
  timestamp?: Date
  /** The event's id. Default a new UUIDv7. */
  uuid?: string
  // Options of posthog-js for its ways of sending, of which outlast has the one.
  _url?: string
  _batchKey?: string
  _noTruncate?: boolean
  send_instantly?: boolean
  skip_client_rate_limiting?: boolean
  transport?: 'XHR' | 'fetch' | 'sendBeacon'
  _originatedFromCaptureException?: boolean
}

/** What JSON can express. */
export type PostHogJson = string | number | boolean | null | undefined | PostHogJson[] | { [name: string]: PostHogJson }

/** A feature flag with its payload. */
export interface PostHogFlagResult {
  readonly key: string
  readonly enabled: boolean
  readonly variant: string | undefined
  readonly payload: PostHogJson
}

/** Options of a question about a feature flag. */
export interface PostHogFlagOptions {
  /** Whether `$feature_flag_called` is captured. Default `true`. */
  send_event?: boolean
  /** Whether values of an earlier page and of `bootstrap` do not count. Default `false`. */
  fresh?: boolean
}

/** Values to have instead of the server's, for tests: all off, these on, or these values. */
export type PostHogFlagOverrides =
  | boolean
  | string[]
  | Record<string, FlagValue>
  | { flags?: boolean | string[] | Record<string, FlagValue>; payloads?: Record<string, unknown> }

type FlagsListener = (names: string[], values: Record<string, FlagValue>, context?: { errorsLoading?: boolean }) => void
type SetPerson = (
  property: string | Properties,
  to?: unknown,
  callback?: (response: { statusCode: number }) => void,
) => void
type Off = () => void

/**
 * Methods of posthog-js, with its names and meanings. Those that are called before `init` wait for `init`, and return
 * nothing until then. None of them throws. A method that outlast leaves to posthog-js warns once and does nothing.
 */
export interface PostHogLike {
  /** The options, with posthog-js's defaults. */
  config: PostHogConfig
  /** The version of outlast. */
  version: string
  /** Whether `init` was called. */
  __loaded: boolean
  /** Whether feature flags have been asked for. */
  flagsEndpointWasHit: boolean
  /** The former name of `flagsEndpointWasHit`. */
  decideEndpointWasHit: boolean
  /** The client of outlast; `undefined` before `init`. */
  outlast: Outlast | undefined

  /** Starts. Called again, it warns and changes nothing. With a `name`, it gives another instance, at `posthog[name]`. */
  init(token: string, config?: PostHogConfig, name?: string): PostHogLike
  /** Runs a command, or a function, as posthog-js's snippet queues them. */
  push(item: unknown): void
  /** Merges options into those of `init`. */
  set_config(config: PostHogConfig): void
  debug(on?: boolean): void
  shutdown(timeout?: number): Promise<void>

  /** Returns the event as `before_send` left it, or `undefined` if it was not captured. */
  capture(event: string, properties?: PropertyBag | null, options?: PostHogCaptureOptions): PostHogEvent | undefined
  captureException(error: unknown, properties?: PropertyBag): PostHogEvent | undefined
  addExceptionStep(message: string, properties?: PropertyBag): void
  startExceptionAutocapture(config?: PostHogConfig['capture_exceptions']): void
  stopExceptionAutocapture(): void
  captureTraceFeedback(traceId: string | number, feedback: string): void
  captureTraceMetric(traceId: string | number, name: string, value: string | number | boolean): void
  getPageViewId(): string | undefined
  on(event: 'eventCaptured' | 'featureFlagsReloading', listener: (detail?: unknown) => void): Off

  identify(distinctId: string, set?: PropertyBag, setOnce?: PropertyBag): void
  /** Returns the event; -1 where both names are the same. */
  alias(alias: string, original?: string): PostHogEvent | number | undefined
  setPersonProperties(set?: PropertyBag, setOnce?: PropertyBag): void
  unsetPersonProperties(names: string | string[]): void
  createPersonProfile(): void
  setInternalOrTestUser(): void
  people: { set: SetPerson; set_once: SetPerson }
  group(type: string, key: string, properties?: PropertyBag): void
  getGroups(): Record<string, string>
  resetGroups(): void
  /** Forgets the person. `true` makes a new device id too. A refusal of the person stays. */
  reset(options?: boolean | { resetDeviceID?: boolean; bootstrap?: PostHogBootstrap }): void
  get_distinct_id(): string

  register(properties: PropertyBag, days?: number): void
  register_once(properties: PropertyBag, missing?: unknown, days?: number): void
  register_for_session(properties: PropertyBag): void
  unregister(name: string): void
  unregister_for_session(name: string): void
  get_property(name: string): unknown
  getSessionProperty(name: string): unknown
  get_session_id(): string
  onSessionId(listener: (sessionId: string, windowId: string | null | undefined) => void): Off

  opt_in_capturing(options?: { captureEventName?: string | null | false; captureProperties?: PropertyBag }): void
  opt_out_capturing(): void
  has_opted_in_capturing(): boolean
  has_opted_out_capturing(): boolean
  get_explicit_consent_status(): 'granted' | 'denied' | 'pending'
  clear_opt_in_out_capturing(): void
  is_capturing(): boolean

  /** Feature flags have the values that were loaded last. */
  getFeatureFlag(key: string, options?: PostHogFlagOptions): FlagValue | undefined
  getFeatureFlagPayload(key: string): PostHogJson
  getFeatureFlagResult(key: string, options?: PostHogFlagOptions): PostHogFlagResult | undefined
  getAllFeatureFlags(): PostHogFlagResult[]
  isFeatureEnabled(key: string, options: PostHogFlagOptions & { defaultValue: boolean }): boolean
  isFeatureEnabled(key: string, options?: PostHogFlagOptions & { defaultValue?: boolean }): boolean | undefined
  onFeatureFlags(listener: FlagsListener): Off
  reloadFeatureFlags(): void
  updateFlags(flags: Record<string, FlagValue>, payloads?: Record<string, unknown>, options?: { merge?: boolean }): void
  featureFlags: {
    overrideFeatureFlags(overrides: PostHogFlagOverrides): void
    override(flags: boolean | string[] | Record<string, FlagValue>): void
  }
  setPersonPropertiesForFlags(properties: PropertyBag, reload?: boolean): void
  resetPersonPropertiesForFlags(reload?: boolean): void
  setGroupPropertiesForFlags(properties: Record<string, PropertyBag>, reload?: boolean): void
  resetGroupPropertiesForFlags(type?: string): void

  // Left to posthog-js: each warns once and does nothing.
  captureLog(options: unknown): void
  logger: Record<
    'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    (body: string, attributes?: Properties) => void
  >
  setIdentity(distinctId: string, hash: string): void
  clearIdentity(): void
  getEarlyAccessFeatures(callback: (features: never[]) => void, reload?: boolean, stages?: string[]): void
  updateEarlyAccessFeatureEnrollment(key: string, isEnrolled: boolean, stage?: string): void
  get_session_replay_url(options?: { withTimestamp?: boolean; timestampLookBack?: number }): string
  startSessionRecording(override?: unknown): void
  stopSessionRecording(): void
  sessionRecordingStarted(): boolean
  sessionRecording?: undefined
  sessionManager?: undefined
  getSurveys(callback: (surveys: never[]) => void, reload?: boolean): void
  getActiveMatchingSurveys(callback: (surveys: never[]) => void, reload?: boolean): void
  onActiveMatchingSurveysChanged(callback: (surveys: never[]) => void): Off
  onSurveysLoaded(callback: (surveys: never[]) => void): Off
  renderSurvey(surveyId: string, selector: string): void
  displaySurvey(surveyId: string, options?: unknown): void
  canRenderSurvey(surveyId: string): null
  canRenderSurveyAsync(surveyId: string, reload?: boolean): Promise<{ visible: boolean; disabledReason?: string }>
  loadToolbar(params: unknown): boolean
}
