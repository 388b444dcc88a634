/** Where a queue's events go, and how: what a queue is named after. */

import type { TransportSettings, Warn } from './settings'
import { show } from './values'

export const DEFAULT_HOST = 'https://us.i.posthog.com'

/** Where a queue's events go, and how. Stored with the queue, so that a worker can drain it with no page open. */
export interface QueueConfig {
  apiKey: string
  /** Without trailing slashes. */
  host: string
  /**
   * Whether requests may carry headers. `simple` ones need no CORS preflight, which PostHog's servers ask anew for
   * every batch; `headers` are for v1, first-party proxies and Node.
   */
  style: 'simple' | 'headers'
  settings: TransportSettings
}

/** Names a queue: one per project, shared by all tabs and workers of an origin. */
export function queueKey(config: { apiKey: string; host: string }): string {
  return `${config.apiKey} ${config.host}`
}

/** The project token trimmed, or `undefined` where there is none (protocol.md §1.1). */
export function readApiKey(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** An absolute http(s) URL without trailing slashes; PostHog's app hosts become its ingestion hosts (§1.1). */
export function readHost(value: unknown, warn: Warn): string {
  if (value === undefined || value === null) return DEFAULT_HOST
  const text = typeof value === 'string' ? value.trim().replace(/\/+$/, '') : ''
  if (text === '') {
    if (value !== '') warn(`host must be a URL, got ${show(value)}; using ${DEFAULT_HOST}`)
    return DEFAULT_HOST
  }
  if (!/^https?:\/\/[^\s/?#]+[^\s?#]*$/i.test(text)) {
    warn(`host must be an absolute http(s) URL, got ${show(value)}; using ${DEFAULT_HOST}`)
    return DEFAULT_HOST
  }
  return APP_HOSTS[text.toLowerCase()] ?? text
}

const APP_HOSTS: Record<string, string> = {
  'https://app.posthog.com': DEFAULT_HOST,
  'https://us.posthog.com': DEFAULT_HOST,
  'https://eu.posthog.com': 'https://eu.i.posthog.com',
}
