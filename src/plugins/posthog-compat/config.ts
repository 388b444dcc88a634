/** posthog-js's options: its defaults, its former names, and what they are in outlast. */

import type { Mask } from '../../client/types'
import { asRecord } from '../../core/base/values'
import type { OutlastOptions } from '../../page/types'
import { PERSONAL } from './addresses'
import { checkNames, isWithoutEffect } from './option-names'
import { stringsOf } from './self'
import type { PostHogConfig } from './types'

/** Former names of options, which posthog-js takes too. */
const RENAMED: Record<string, string> = {
  process_person: 'person_profiles',
  xhr_headers: 'request_headers',
  disable_cookie: 'disable_persistence',
  verbose: 'debug',
  advanced_disable_decide: 'advanced_disable_flags',
  property_blacklist: 'property_denylist',
  store_google: 'save_campaign_params',
  __add_tracing_headers: 'tracing_headers',
}

/** Options that have an effect here. */
export const KNOWN = new Set([
  'api_host',
  'bootstrap',
  'persistence',
  'disable_persistence',
  'persistence_name',
  'cross_subdomain_cookie',
  'opt_out_capturing_by_default',
  'opt_out_persistence_by_default',
  'consent_persistence_name',
  'opt_out_capturing_cookie_prefix',
  'respect_dnt',
  'cookieless_mode',
  'capture_pageview',
  'capture_pageleave',
  'disable_scroll_properties',
  'scroll_root_selector',
  'capture_performance',
  'save_referrer',
  'save_campaign_params',
  'custom_campaign_params',
  'person_profiles',
  'advanced_disable_flags',
  'advanced_disable_feature_flags',
  'feature_flag_request_timeout_ms',
  'feature_flag_request_max_retries',
  'before_send',
  'property_denylist',
  'sanitize_properties',
  'get_current_url',
  'disable_capture_url_hashes',
  'mask_personal_data_properties',
  'custom_personal_data_properties',
  'opt_out_useragent_filter',
  'custom_blocked_useragents',
  'reuseAnonymousId',
  'request_headers',
  'tracing_headers',
  'capture_exceptions',
  'error_tracking',
  'disable_compression',
  'debug',
  'loaded',
  'outlast',
  '_onCapture',
  'defaults',
  'name',
  'token',
  ...Object.keys(RENAMED),
])

/** Options of posthog-js that name another host than the one of events. */
const OTHER_HOSTS = new Set(['ui_host', 'asset_host', 'flags_api_host', 'internal_or_test_user_hostname'])

/** Taken for the host where nothing may be captured, because an option is misspelt. The text is no URL. */
const NO_HOST = 'none'

/**
 * The option that was to be `api_host`, where that is missing. posthog-js would send the events to the default host,
 * which may be in another part of the world than the site meant.
 */
function misspeltHost(config: PostHogConfig): string | undefined {
  if (config.api_host !== undefined) return undefined
  return Object.keys(config).find((name) => {
    if (KNOWN.has(name) || OTHER_HOSTS.has(name)) return false
    const value = config[name]
    return /^api|ho?s.?t|hots|url|endpoint/i.test(name) && typeof value === 'string' && /[./:]/.test(value)
  })
}

/** From this date of `defaults` on, posthog-js captures page views of navigation too. */
const HISTORY_SINCE = '2025-05-24'

/** The options under their present names. Both lists of denied properties count. */
export function renamed(config: PostHogConfig): PostHogConfig {
  const under: PostHogConfig = { ...config }
  for (const [former, name] of Object.entries(RENAMED)) {
    if (under[name] === undefined && under[former] !== undefined) under[name] = under[former]
  }
  if (Array.isArray(config.property_blacklist) && Array.isArray(config.property_denylist)) {
    under.property_denylist = [...config.property_blacklist, ...config.property_denylist]
  }
  return under
}

/** Options of outlast's own by which the instance goes, under the names that posthog-js has for them. */
function underTheirNames({ consent = 'granted', cookieless }: OutlastOptions): PostHogConfig {
  return {
    ...(consent === 'granted' ? {} : { opt_out_capturing_by_default: true, opt_out_persistence_by_default: true }),
    ...(cookieless ? { cookieless_mode: 'always' } : {}),
  }
}

export function withDefaults(token: string, given: PostHogConfig, name: string): PostHogConfig {
  const config = renamed(given)
  return {
    api_host: misspeltHost(config) ? NO_HOST : 'https://us.i.posthog.com',
    persistence: 'localStorage+cookie',
    bootstrap: {},
    capture_pageview:
      String(config.defaults ?? '') >= HISTORY_SINCE && config.defaults !== 'unset' ? 'history_change' : true,
    capture_pageleave: 'if_capture_pageview',
    person_profiles: 'identified_only',
    property_denylist: [],
    opt_out_capturing_by_default: false,
    debug: false,
    ...withoutUndefined(config),
    ...underTheirNames(asRecord(config.outlast)),
    ...(checkNames(given, KNOWN) ? { api_host: NO_HOST } : {}),
    name,
    token,
  }
}

/** Whether nothing may be captured, because an option is misspelt. */
export const isHeldBack = ({ api_host: host }: PostHogConfig): boolean => host === NO_HOST

export const withoutUndefined = (config: PostHogConfig): PostHogConfig =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined))

/**
 * Warns of names that are no option, and, in one warning, of those that would do something in posthog-js and do nothing
 * here.
 */
export function warnOfIgnored(config: PostHogConfig): void {
  const meant = misspeltHost(config)
  if (meant) console.warn(`[outlast] "${meant}" is no option of posthog.init; did you mean api_host?`)
  const { [meant ?? '']: _, ...others } = config
  checkNames(others, KNOWN, (message) => console.warn(`[outlast] ${message}`))
  const ignored = Object.keys(config).filter((name) => {
    const value = config[name]
    // An option that switches off something that outlast does not have is heeded already.
    const off = value === undefined || value === null || value === false || (value === true && /^disable_/.test(name))
    return isWithoutEffect(name) && !KNOWN.has(name) && name !== meant && !off
  })
  if (ignored.length > 0) console.warn(`[outlast] options of posthog-js that do nothing here: ${ignored.join(', ')}`)
}

/** Whether nothing is to be stored on the device at all. */
export const storesNothing = (config: PostHogConfig): boolean =>
  Boolean(config.disable_persistence) ||
  // Storage that ends with the tab would be kept longer here than the site allows.
  ['memory', 'sessionStorage'].includes(String(config.persistence)) ||
  config.cookieless_mode === 'always' ||
  // A client without a host has no person of whom anything could be stored.
  isHeldBack(config) ||
  doNotTrack(config)

/** Whether the browser says that its user wants no observation, and the site heeds that. */
export function doNotTrack({ respect_dnt: respected, outlast }: PostHogConfig): boolean {
  if (typeof navigator === 'undefined') return false
  const { respectDnt, respectGpc } = asRecord(outlast)
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: unknown }
  const page = globalThis as { doNotTrack?: unknown }
  // posthog-js's option heeds either signal.
  return [
    ...(respected || respectDnt ? [doNotTrack, page.doNotTrack] : []),
    ...(respected || respectGpc ? [globalPrivacyControl] : []),
  ].some((value) => ['1', 'yes', 'true'].includes(String(value)))
}

/**
 * Whether the site says itself, and not by default, that its subdomains share a cookie, where posthog-js would keep
 * one.
 */
export const sharesCookie = ({ cross_subdomain_cookie: isShared, persistence, outlast }: PostHogConfig): boolean =>
  (isShared === true && /cookie/.test(String(persistence))) || asRecord(outlast).crossSubdomain === true

/** What posthog-js masks in an event's own addresses, outlast masks in those of the person and of web vitals too. */
function maskOf(config: PostHogConfig): Mask {
  const { queryParams, hash }: Mask = asRecord(asRecord(config.outlast).mask)
  const names = [...PERSONAL, ...stringsOf(config.custom_personal_data_properties), ...[queryParams ?? []].flat()]
  return { queryParams: names, ...(hash === undefined ? {} : { hash }) }
}

/** @param quiet whether nothing may be stored yet */
export function outlastOptions(config: PostHogConfig, quiet: boolean): OutlastOptions {
  const { api_host: host, debug, request_headers: headers, feature_flag_request_timeout_ms: timeout } = config
  const retries = config.feature_flag_request_max_retries
  const { consent: _, ...own } = asRecord(config.outlast)
  return {
    ...own,
    // The misspelt option has been named already, and the host is not what is wrong.
    ...(isHeldBack(config) ? { logger: { warn: () => undefined } } : {}),
    ...(host === undefined ? {} : { host }),
    ...(quiet || storesNothing(config) ? { persistence: 'memory' as const } : {}),
    ...(sharesCookie(config) ? { crossSubdomain: true } : {}),
    // The other modes are the hook's: it says of each event whether it makes a profile (events.ts).
    ...(config.person_profiles === 'never' ? { personProfiles: 'never' as const } : {}),
    ...(debug ? { debug: true } : {}),
    ...(headers ? { requestHeaders: headers } : {}),
    ...(config.mask_personal_data_properties ? { mask: maskOf(config) } : {}),
    ...(config.disable_compression ? { compression: 'none' as const } : {}),
    ...(typeof timeout === 'number' ? { featureFlagsRequestTimeout: timeout } : {}),
    ...(typeof retries === 'number' ? { featureFlagsRequestMaxRetries: retries } : {}),
  }
}
