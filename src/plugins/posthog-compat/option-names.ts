/** Tells posthog-js's options that do nothing here from names that are no option at all. */

import { nearestName } from '../../client/late/nearest-name'

/** Options of posthog-js that have no effect here. The names are those of its type `PostHogConfig`. */
const WITHOUT_EFFECT = `flags_api_host rewriteRequestPath ui_host api_transport autocapture rageclick
cookie_name cookie_persisted_properties
cookie_expiration upgrade disable_session_recording persistence_save_debounce_ms split_storage detect_google_search_app
disable_surveys disable_surveys_automatic_display disable_product_tours surveys logs metrics disable_conversations
conversations identity_distinct_id identity_hash identity_claims disable_web_experiments
disable_external_dependency_loading strict_script_versioning asset_host prepare_external_dependency_script
prepare_external_dependency_stylesheet external_scripts_inject_target enable_recording_console_log secure_cookie
opt_out_capturing_persistence_type opt_in_site_apps on_request_error on_xhr_error request_batching
properties_string_max_length cookieWinsOnConflict session_recording session_idle_timeout_seconds
mask_all_element_attributes mask_all_text advanced_disable_feature_flags_on_first_load evaluation_contexts flag_keys
evaluation_environments advanced_disable_toolbar_metrics advanced_only_evaluate_survey_feature_flags
advanced_enable_surveys feature_flag_cache_ttl_ms advanced_feature_flags_dedup_per_session surveys_request_timeout_ms
remote_config_refresh_interval_ms get_device_id segment capture_heatmaps enable_heatmaps capture_dead_clicks
capture_webmcp rate_limiting fetch_options
request_queue_config integrations internal_or_test_user_hostname override_display_language
addTracingHeaders trace_propagation_targets disable_beacon api_method inapp_protocol inapp_link_new_window ip
disableDeviceModel`.split(/\s/)

/**
 * Whether posthog-js has an option of this name that does nothing here. Names that begin with two underscores come and
 * go with versions.
 */
export const isWithoutEffect = (name: string): boolean => name.startsWith('__') || WITHOUT_EFFECT.includes(name)

/**
 * Parts of the names of options that keep something back, misspelt ones too: `init` of outlast decides by a pattern
 * too.
 */
const PROTECTIVE = /befor|send|mask|sist|list|dnt|t_?out|sani|kiel|personal|consent/i

/**
 * Says of each name that is no option which one was probably meant.
 *
 * @param known the options that have an effect here
 * @returns whether one of the names was to keep something back, so that nothing may be captured without it
 */
export function checkNames(
  config: Record<string, unknown>,
  known: ReadonlySet<string>,
  warn?: (message: string) => void,
): boolean {
  let isHeld = false
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined || known.has(name) || isWithoutEffect(name)) continue
    const isProtective = Boolean(value) && PROTECTIVE.test(name)
    isHeld ||= isProtective
    if (!warn) continue
    const meant = nearestName(name, [...known, ...WITHOUT_EFFECT])
    const hint = meant === undefined ? '.' : `; did you mean ${meant}?`
    const effect = isProtective ? ' It was to keep something back, so nothing is captured until it is put right' : ''
    warn(`"${name}" is no option of posthog.init${hint}${effect}`)
  }
  return isHeld
}
