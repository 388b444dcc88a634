/**
 * https://posthog.com/docs/libraries/js/config: batching and retries are the defaults, and what is queued goes out as a
 * beacon when the page leaves. There is no durable queue to turn on. Everything that is not `capture` is turned off, and
 * the client's own rate limit raised, which would drop most of the larger rows; a driven browser passes for a bot.
 */

import posthog from 'posthog-js'
import type { PeerClient, PeerConfig } from './peer'

export function start({ host }: PeerConfig): PeerClient {
  const ready = new Promise((resolve) => {
    posthog.init('phc_bench', {
      api_host: host,
      defaults: '2026-01-30',
      autocapture: false,
      rageclick: false,
      capture_pageview: false,
      capture_pageleave: false,
      capture_performance: false,
      capture_dead_clicks: false,
      capture_heatmaps: false,
      disable_session_recording: true,
      disable_surveys: true,
      disable_external_dependency_loading: true,
      advanced_disable_flags: true,
      opt_out_useragent_filter: true,
      rate_limiting: { events_per_second: 1_000_000, events_burst_limit: 1_000_000 },
      loaded: () => resolve(undefined),
    })
  })
  return { ready, capture: (name, properties) => posthog.capture(name, properties) }
}
