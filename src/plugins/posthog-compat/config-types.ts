/** The public type of posthog-js's options. */

import type { Properties } from '../../client/types'
import type { OutlastOptions } from '../../page/types'
import type { PostHogBootstrap, PostHogHook } from './argument-types'
import type { PostHogLike } from './types'

/**
 * The options of posthog-js that have an effect here, with posthog-js's meaning unless one says otherwise. Under their
 * names in posthog-js these have an effect too: `custom_campaign_params`, `defaults`, `disable_compression`,
 * `feature_flag_request_max_retries`, `feature_flag_request_timeout_ms`, `save_campaign_params`, `save_referrer`, the
 * names of stored consents and former names such as `property_blacklist`. Any other option is accepted, and named in a
 * warning if it would do something in posthog-js. A name that is no option is named too, and if it was to keep
 * something back, as a misspelt `before_send` was, nothing is captured until it is put right.
 */
export interface PostHogConfig {
  /**
   * The server to send to, as the option `host` of outlast. Without it, and with another option that has what looks
   * like a host (`apiHost`, `host`), nothing is captured, with a warning. Default `https://us.i.posthog.com`.
   *
   * @example
   * posthog.init('phc_key', { api_host: 'https://eu.i.posthog.com' })
   */
  api_host?: string
  /**
   * What is known before the first event. Default nothing.
   *
   * @example
   * posthog.init('phc_key', { bootstrap: { distinctID: 'user-42', isIdentifiedID: true } })
   */
  bootstrap?: PostHogBootstrap
  /**
   * `'memory'` and `'sessionStorage'` store nothing on the device. All other values store what the browser lets be
   * stored. Default `'localStorage+cookie'`.
   *
   * @example
   * posthog.init('phc_key', { persistence: 'memory' })
   */
  persistence?: string
  /**
   * `true` stores nothing on the device. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { disable_persistence: !hasAgreed })
   */
  disable_persistence?: boolean
  /**
   * `true` is the option `crossSubdomain` of outlast, unless `persistence` says that there are no cookies. It has to be
   * said: the default of posthog-js is `true`, and here `false`.
   *
   * @example
   * posthog.init('phc_key', { cross_subdomain_cookie: true })
   */
  cross_subdomain_cookie?: boolean
  /**
   * `true` captures nothing of a person who has not chosen yet. A default and no choice. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { opt_out_capturing_by_default: true })
   */
  opt_out_capturing_by_default?: boolean
  /**
   * With `opt_out_capturing_by_default`: `true` stores nothing on the device either, until the person has opted in.
   * Default `false`.
   *
   * @example
   * posthog.init('phc_key', { opt_out_capturing_by_default: true, opt_out_persistence_by_default: true })
   */
  opt_out_persistence_by_default?: boolean
  /**
   * `true` takes a browser's "do not track", or its Global Privacy Control, for a refusal. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { respect_dnt: true })
   */
  respect_dnt?: boolean
  /**
   * `'always'` stores and sends no id. `'on_reject'` captures nothing until the person has opted in, where posthog-js
   * captures without ids. Default neither.
   *
   * @example
   * posthog.init('phc_key', { cookieless_mode: 'always' })
   */
  cookieless_mode?: 'always' | 'on_reject'
  /**
   * Captures `$pageview` once `loaded` has run and the page is shown; `'history_change'` also after each navigation
   * within the page; an object says by which parts of the address. Default `true`, or `'history_change'` where
   * `defaults` is at least `'2025-05-24'`.
   *
   * @example
   * posthog.init('phc_key', { capture_pageview: 'history_change' })
   */
  capture_pageview?: boolean | 'history_change' | { path?: boolean; search?: boolean; hash?: boolean }
  /**
   * Whether `$pageleave` is captured when the page is left. Default `'if_capture_pageview'`: where `capture_pageview`
   * is on.
   *
   * @example
   * posthog.init('phc_key', { capture_pageleave: false })
   */
  capture_pageleave?: boolean | 'if_capture_pageview'
  /**
   * `true` leaves out of `$pageview` and `$pageleave` how far the page was scrolled. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { disable_scroll_properties: true })
   */
  disable_scroll_properties?: boolean
  /**
   * The selector of the element that is scrolled, or several, of which the first that is found counts. A selector that
   * is none is warned of. Where nothing is found, nothing is measured. Default the page.
   *
   * @example
   * posthog.init('phc_key', { scroll_root_selector: ['#content', 'main'] })
   */
  scroll_root_selector?: string | string[]
  /**
   * Captures web vitals where it is `true`, or `web_vitals` in it is. `web_vitals_allowed_metrics` names those to
   * capture, default CLS, FCP, INP and LCP. `web_vitals_attribution` does nothing, with a warning. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { capture_performance: { web_vitals: true, web_vitals_allowed_metrics: ['LCP', 'INP'] } })
   */
  capture_performance?:
    | boolean
    | { web_vitals?: boolean; web_vitals_allowed_metrics?: string[]; web_vitals_attribution?: boolean | string[] }
  /**
   * Whether uncaught errors and unhandled rejections are captured; or what of this, and of `console.error`, is. Default
   * `false`.
   *
   * @example
   * posthog.init('phc_key', { capture_exceptions: { capture_unhandled_errors: true } })
   */
  capture_exceptions?:
    | boolean
    | { capture_unhandled_errors?: boolean; capture_unhandled_rejections?: boolean; capture_console_errors?: boolean }
  /**
   * How exceptions are captured. `exception_steps` says by `enabled` whether steps are kept, default `true`, and by
   * `max_bytes` how many bytes of them, default 32,768. `exceptionRateLimiterBucketSize` is how many exceptions of one
   * kind are captured at once, default 10; 0 to 100. `captureExtensionExceptions` captures those of browser extensions
   * too, default `false`.
   *
   * @example
   * posthog.init('phc_key', { error_tracking: { exceptionRateLimiterBucketSize: 3 } })
   */
  error_tracking?: {
    exception_steps?: { enabled?: boolean; max_bytes?: number }
    exceptionRateLimiterBucketSize?: number
    captureExtensionExceptions?: boolean
  }
  /**
   * Whose events make a person profile. With `'never'` the methods that make a profile do nothing, with a warning.
   * Default `'identified_only'`, also (without a warning) for any other value.
   *
   * @example
   * posthog.init('phc_key', { person_profiles: 'always' })
   */
  person_profiles?: 'always' | 'never' | 'identified_only'
  /**
   * `true` loads no feature flags. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { advanced_disable_flags: true })
   */
  advanced_disable_flags?: boolean
  /**
   * `true` loads no feature flags, as `advanced_disable_flags` does. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { advanced_disable_feature_flags: true })
   */
  advanced_disable_feature_flags?: boolean
  /**
   * One hook or a chain, which may change or drop (return null) each event. Fail closed: an event is dropped by a hook
   * that throws, with a warning, or that returns anything but an event, such as a promise. Default none.
   *
   * @example
   * posthog.init('phc_key', { before_send: (event) => (event.event === 'internal' ? null : event) })
   */
  before_send?: PostHogHook | PostHogHook[] | null
  /**
   * Properties that no event may have. Default none.
   *
   * @example
   * posthog.init('phc_key', { property_denylist: ['$ip', 'email'] })
   */
  property_denylist?: string[]
  /**
   * Gives the properties of an event. Where it throws, with a warning, or gives no object, the event is dropped.
   * `before_send` is its successor. Default none.
   *
   * @example
   * posthog.init('phc_key', { sanitize_properties: ({ email, ...properties }) => properties })
   */
  sanitize_properties?: ((properties: Properties, event: string) => Properties) | null
  /**
   * Gives the address that events name, for the page's own. Where it throws, events name none, with a warning. Default
   * the page's own.
   *
   * @example
   * posthog.init('phc_key', { get_current_url: (url) => url.replace(/\/users\/\d+/, '/users/id') })
   */
  get_current_url?: (url: string) => string
  /**
   * `true` cuts what follows `#` from addresses. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { disable_capture_url_hashes: true })
   */
  disable_capture_url_hashes?: boolean
  /**
   * `true` masks click ids and the like in addresses, and what `custom_personal_data_properties` names. Default
   * `false`.
   *
   * @example
   * posthog.init('phc_key', { mask_personal_data_properties: true })
   */
  mask_personal_data_properties?: boolean
  /**
   * More query parameters to mask, where `mask_personal_data_properties` is `true`. Default none.
   *
   * @example
   * posthog.init('phc_key', { mask_personal_data_properties: true, custom_personal_data_properties: ['email'] })
   */
  custom_personal_data_properties?: string[]
  /**
   * `true` captures what a robot does too. Otherwise a warning says that it is not captured. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { opt_out_useragent_filter: true })
   */
  opt_out_useragent_filter?: boolean
  /**
   * More texts, in any case, by which a robot's user agent is known. Default none.
   *
   * @example
   * posthog.init('phc_key', { custom_blocked_useragents: ['our-monitor'] })
   */
  custom_blocked_useragents?: string[]
  /**
   * `true` leaves the former id out of `$identify`. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { reuseAnonymousId: true })
   */
  reuseAnonymousId?: boolean
  /**
   * Headers of every request. A header that is not valid is left out, with a warning. Default none.
   *
   * @example
   * posthog.init('phc_key', { request_headers: { 'X-Site': 'shop' } })
   */
  request_headers?: Record<string, string>
  /**
   * Hosts of the page's own requests that get `X-POSTHOG-DISTINCT-ID`, `-SESSION-ID` and `-WINDOW-ID`. One that is no
   * name of a host is left out, with a warning. Default none.
   *
   * @example
   * posthog.init('phc_key', { tracing_headers: ['api.example.com'] })
   */
  tracing_headers?: string[]
  /**
   * `true` logs what happens to each event. Default `false`.
   *
   * @example
   * posthog.init('phc_key', { debug: true })
   */
  debug?: boolean
  /**
   * Called before the first `$pageview`. What it throws is warned of. Default none.
   *
   * @example
   * posthog.init('phc_key', { loaded: (posthog) => posthog.register({ plan: 'pro' }) })
   */
  loaded?: (posthog: PostHogLike) => void
  /**
   * Options of outlast's own, such as `worker`. Its `beforeSend` runs before `before_send`. A `consent` other than
   * `'granted'` is `opt_out_capturing_by_default` and `opt_out_persistence_by_default`. Default none.
   *
   * @example
   * posthog.init('phc_key', { outlast: { worker: { url: '/sw.js', scope: '/' }, flushAt: 20 } })
   */
  outlast?: Omit<OutlastOptions, 'host' | 'persistence' | 'bootstrap'>
  /** Any other option of posthog-js. Those that do nothing here are named in one warning. */
  [option: string]: unknown
}
