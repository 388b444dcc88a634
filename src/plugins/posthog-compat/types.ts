/** The public types of `outlast/posthog-compat`: posthog-js's names, with what outlast does for each. */

import type { FlagValue, Properties, PropertyBag } from '../../client/types'
import type { Outlast } from '../../page/types'
import type { PostHogEvent } from '../posthog-js'
import type {
  PostHogBootstrap,
  PostHogCaptureOptions,
  PostHogFlagOptions,
  PostHogFlagOverrides,
  PostHogFlagResult,
  PostHogJson,
} from './argument-types'
import type { PostHogConfig } from './config-types'

export type {
  PostHogBootstrap,
  PostHogCaptureOptions,
  PostHogFlagOptions,
  PostHogFlagOverrides,
  PostHogFlagResult,
  PostHogHook,
  PostHogJson,
} from './argument-types'
export type { PostHogConfig } from './config-types'

type FlagsListener = (names: string[], values: Record<string, FlagValue>, context?: { errorsLoading?: boolean }) => void
type SetPerson = (
  property: string | Properties,
  to?: unknown,
  callback?: (response: { statusCode: number }) => void,
) => void
type Off = () => void

/**
 * Methods of posthog-js. Each member that says nothing else is posthog-js's of that name, with its arguments and its
 * meaning: https://posthog.com/docs/libraries/js/reference. What differs in all of them is in
 * docs/differences-from-posthog-js.md, of the package or the repository, under "Under posthog-js's names".
 *
 * A method that changes something and is called before `init` waits for `init`, and returns nothing until then; one
 * that answers (`get…`, `has_…`, `is…`) answers at once with what there is by then. None of them throws: what the
 * site's own code throws is warned of. A method that outlast leaves to posthog-js warns once and does nothing.
 *
 * @example
 * import posthog from 'outlast/posthog-compat'
 * posthog.init('phc_key', { api_host: 'https://eu.i.posthog.com' })
 */
export interface PostHogLike {
  /** The options, with posthog-js's defaults. */
  config: PostHogConfig
  /** The version of outlast, and not of posthog-js. */
  version: string
  /** Whether `init` was called. */
  __loaded: boolean
  /** Whether feature flags have been asked for. */
  flagsEndpointWasHit: boolean
  /** The former name of `flagsEndpointWasHit`. */
  decideEndpointWasHit: boolean
  /**
   * The client of outlast; `undefined` before `init`.
   *
   * @example
   * await posthog.outlast?.flush()
   */
  outlast: Outlast | undefined

  /**
   * Starts. Called again, it warns and changes nothing. With a `name`, it gives another instance, at `posthog[name]`.
   * With no token nothing is captured, with a warning.
   *
   * @example
   * posthog.init('phc_key', { api_host: 'https://eu.i.posthog.com' })
   */
  init(token: string, config?: PostHogConfig, name?: string): PostHogLike
  /** Runs a command, or a function, as posthog-js's snippet queues them. */
  push(item: unknown): void
  /**
   * Merges options into those of `init`. Those that are read at `init` alone, such as `api_host`, have no effect any
   * more.
   *
   * @example
   * posthog.set_config({ debug: true })
   */
  set_config(config: PostHogConfig): void
  debug(on?: boolean): void
  /**
   * Closes the client of outlast, with one more attempt for all that is pending, of at most `timeout` ms. Default
   * 30,000, or the `shutdownTimeout` of the option `outlast`; 0 to one day.
   *
   * @example
   * await posthog.shutdown(5_000)
   */
  shutdown(timeout?: number): Promise<void>

  /**
   * Returns the event as `before_send` left it, or `undefined` if it was not captured. An event without a name is
   * dropped, with a warning. There is no limit of events per second.
   *
   * @example
   * posthog.capture('checkout', { total: 42 })
   */
  capture(event: string, properties?: PropertyBag | null, options?: PostHogCaptureOptions): PostHogEvent | undefined
  captureException(error: unknown, properties?: PropertyBag): PostHogEvent | undefined
  addExceptionStep(message: string, properties?: PropertyBag): void
  /**
   * As in posthog-js, but no setting at PostHog starts it. Its code loads late, and a warning says where it could not
   * be loaded.
   *
   * @example
   * posthog.startExceptionAutocapture({ capture_console_errors: true })
   */
  startExceptionAutocapture(config?: PostHogConfig['capture_exceptions']): void
  stopExceptionAutocapture(): void
  captureTraceFeedback(traceId: string | number, feedback: string): void
  captureTraceMetric(traceId: string | number, name: string, value: string | number | boolean): void
  getPageViewId(): string | undefined
  /**
   * Listens to these two events alone. Returns a function that removes the listener.
   *
   * @example
   * const off = posthog.on('eventCaptured', (event) => console.log(event))
   */
  on(event: 'eventCaptured' | 'featureFlagsReloading', listener: (detail?: unknown) => void): Off

  /**
   * As in posthog-js, but what PostHog's server takes for nobody's id, such as `guest` or `true`, is refused, with a
   * warning.
   *
   * @example
   * posthog.identify('user-42', { plan: 'pro' })
   */
  identify(distinctId: string, set?: PropertyBag, setOnce?: PropertyBag): void
  /**
   * Returns the event; -1 where both names are the same.
   *
   * @example
   * posthog.alias('ada@example.com')
   */
  alias(alias: string, original?: string): PostHogEvent | number | undefined
  setPersonProperties(set?: PropertyBag, setOnce?: PropertyBag): void
  unsetPersonProperties(names: string | string[]): void
  createPersonProfile(): void
  setInternalOrTestUser(): void
  /**
   * As in posthog-js, but a callback is called at once, with `statusCode: 0`: the properties travel as an event.
   *
   * @example
   * posthog.people.set({ plan: 'pro' })
   */
  people: { set: SetPerson; set_once: SetPerson }
  group(type: string, key: string, properties?: PropertyBag): void
  getGroups(): Record<string, string>
  resetGroups(): void
  /**
   * Forgets the person, and a consent. `true` makes a new device id too. A refusal of the person stays.
   *
   * @example
   * posthog.reset()
   */
  reset(options?: boolean | { resetDeviceID?: boolean; bootstrap?: PostHogBootstrap }): void
  get_distinct_id(): string

  /**
   * As in posthog-js, but `days` has no effect: what is registered stays until `unregister` or `reset`.
   *
   * @example
   * posthog.register({ plan: 'pro' })
   */
  register(properties: PropertyBag, days?: number): void
  /**
   * As in posthog-js, but `days` has no effect. `missing` is the value that counts as none, by default `'None'`.
   *
   * @example
   * posthog.register_once({ first_page: location.pathname })
   */
  register_once(properties: PropertyBag, missing?: unknown, days?: number): void
  register_for_session(properties: PropertyBag): void
  unregister(name: string): void
  unregister_for_session(name: string): void
  get_property(name: string): unknown
  getSessionProperty(name: string): unknown
  get_session_id(): string
  /**
   * As in posthog-js, but the listener is not told why there is another session. Returns a function that removes the
   * listener.
   *
   * @example
   * const off = posthog.onSessionId((sessionId) => support.setSession(sessionId))
   */
  onSessionId(listener: (sessionId: string, windowId: string | null | undefined) => void): Off

  opt_in_capturing(options?: { captureEventName?: string | null | false; captureProperties?: PropertyBag }): void
  /**
   * As in posthog-js, but with `cookieless_mode: 'on_reject'` nothing is captured. With `'always'` it changes nothing,
   * with a warning; `posthog.outlast.optOut()` is heeded there too.
   *
   * @example
   * posthog.opt_out_capturing()
   */
  opt_out_capturing(): void
  has_opted_in_capturing(): boolean
  has_opted_out_capturing(): boolean
  get_explicit_consent_status(): 'granted' | 'denied' | 'pending'
  /**
   * Forgets the choice. A refusal stays where subdomains share choices and the site waits for one.
   *
   * @example
   * posthog.clear_opt_in_out_capturing()
   */
  clear_opt_in_out_capturing(): void
  is_capturing(): boolean

  /**
   * Feature flags have the values that were loaded last; after `identify` and `group` there are none until new ones
   * have loaded. A flag that is asked for before flags have loaded is `undefined`, with a warning, once for each flag.
   *
   * @example
   * if (posthog.getFeatureFlag('new-checkout') === 'variant-b') showVariantB()
   */
  getFeatureFlag(key: string, options?: PostHogFlagOptions): FlagValue | undefined
  getFeatureFlagPayload(key: string): PostHogJson
  getFeatureFlagResult(key: string, options?: PostHogFlagOptions): PostHogFlagResult | undefined
  getAllFeatureFlags(): PostHogFlagResult[]
  isFeatureEnabled(key: string, options: PostHogFlagOptions & { defaultValue: boolean }): boolean
  isFeatureEnabled(key: string, options?: PostHogFlagOptions & { defaultValue?: boolean }): boolean | undefined
  onFeatureFlags(listener: FlagsListener): Off
  /**
   * As in posthog-js, but while the person is opted out nothing is asked for, and listeners hear that no flags are
   * known.
   *
   * @example
   * posthog.reloadFeatureFlags()
   */
  reloadFeatureFlags(): void
  updateFlags(flags: Record<string, FlagValue>, payloads?: Record<string, unknown>, options?: { merge?: boolean }): void
  /**
   * The two methods of posthog-js's object that set values for tests.
   *
   * @example
   * posthog.featureFlags.overrideFeatureFlags({ flags: { 'new-checkout': 'variant-b' } })
   */
  featureFlags: {
    overrideFeatureFlags(overrides: PostHogFlagOverrides): void
    override(flags: boolean | string[] | Record<string, FlagValue>): void
  }
  setPersonPropertiesForFlags(properties: PropertyBag, reload?: boolean): void
  resetPersonPropertiesForFlags(reload?: boolean): void
  setGroupPropertiesForFlags(properties: Record<string, PropertyBag>, reload?: boolean): void
  resetGroupPropertiesForFlags(type?: string): void

  /** Left to posthog-js: it warns once and does nothing. */
  captureLog(options: unknown): void
  /** Left to posthog-js: each level warns once, as `captureLog`, and does nothing. */
  logger: Record<
    'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    (body: string, attributes?: Properties) => void
  >
  /** Left to posthog-js: it warns once and does nothing. */
  setIdentity(distinctId: string, hash: string): void
  /** Left to posthog-js: it warns once and does nothing. */
  clearIdentity(): void
  /** Left to posthog-js: it warns once, and calls back with an empty list. */
  getEarlyAccessFeatures(callback: (features: never[]) => void, reload?: boolean, stages?: string[]): void
  /** Left to posthog-js: it warns once and does nothing. */
  updateEarlyAccessFeatureEnrollment(key: string, isEnrolled: boolean, stage?: string): void
  /** Left to posthog-js: it warns once, and returns an empty text. */
  get_session_replay_url(options?: { withTimestamp?: boolean; timestampLookBack?: number }): string
  /** Left to posthog-js: it warns once and does nothing. */
  startSessionRecording(override?: unknown): void
  /** Left to posthog-js: it warns once and does nothing. */
  stopSessionRecording(): void
  /** Left to posthog-js: always `false`, without a warning. */
  sessionRecordingStarted(): boolean
  /** Left to posthog-js: always `undefined`. */
  sessionRecording?: undefined
  /** Left to posthog-js: always `undefined`. */
  sessionManager?: undefined
  /** Left to posthog-js: it warns once, and calls back with an empty list. */
  getSurveys(callback: (surveys: never[]) => void, reload?: boolean): void
  /** Left to posthog-js: it warns once, and calls back with an empty list. */
  getActiveMatchingSurveys(callback: (surveys: never[]) => void, reload?: boolean): void
  /** Left to posthog-js: it warns once, and calls back once with an empty list. */
  onActiveMatchingSurveysChanged(callback: (surveys: never[]) => void): Off
  /** Left to posthog-js: it warns once, and calls back once with an empty list. */
  onSurveysLoaded(callback: (surveys: never[]) => void): Off
  /** Left to posthog-js: it warns once and does nothing. */
  renderSurvey(surveyId: string, selector: string): void
  /** Left to posthog-js: it warns once and does nothing. */
  displaySurvey(surveyId: string, options?: unknown): void
  /** Left to posthog-js: it warns once, and returns `null`. */
  canRenderSurvey(surveyId: string): null
  /** Left to posthog-js: it warns once, and resolves with `visible: false`. */
  canRenderSurveyAsync(surveyId: string, reload?: boolean): Promise<{ visible: boolean; disabledReason?: string }>
  /** Left to posthog-js: it warns once, and returns `false`. */
  loadToolbar(params: unknown): boolean
}
