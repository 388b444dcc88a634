/** Where a queue's events go, and how. Project token and host name the queue. */

import type { Endpoint } from './endpoint'
import type { RelayConfig } from './relay-config'
import type { TransportSettings } from './settings'

const DEFAULT_HOST = 'https://us.i.posthog.com'
const EU_HOST = 'https://eu.i.posthog.com'

/** Where a queue's events go, and how. Stored with the queue, so that a worker can drain it with no page open. */
export interface QueueConfig {
  apiKey: string
  /** The endpoint (the option `host`), without trailing slashes. */
  host: string
  /**
   * Whether requests may carry headers. `simple` requests need no CORS preflight, which a browser would make anew for
   * every batch; `headers` is for v1, first-party proxies and Node.
   */
  style: 'simple' | 'headers'
  /**
   * Requests carry headers that a function of the site's gives. A function cannot be stored, so a host that has none
   * sends nothing of the queue.
   */
  headersAsked?: true
  /**
   * The site's own endpoint. All of the queue's events go there, those of an earlier `captureMode` too. Absent where
   * they go to PostHog.
   */
  endpoint?: Endpoint
  /** Of a relay's queue alone: what it may store and send. */
  relay?: RelayConfig
  settings: TransportSettings
}

/** A queue's config as a page has it: the host reads what the site gave, so that a page need not load the code for that. */
export interface GivenConfig extends Omit<QueueConfig, 'relay' | 'settings'> {
  relay?: object
  settings: GivenSettings
}

/** What the site gave for the settings, unread: anything that can be posted. */
export interface GivenSettings extends Partial<Record<keyof TransportSettings, unknown>> {
  requestHeaders: Record<string, unknown>
}

/** Names a queue: one for each project token and host, shared by all tabs and workers of an origin. */
export function queueKey(config: { apiKey: string; host: string }): string {
  return `${config.apiKey} ${config.host}`
}

/** The project token trimmed, or `undefined` for anything but ASCII without spaces (docs/protocol.md §1.1). */
export function readApiKey(value: unknown): string | undefined {
  const key = typeof value === 'string' ? value.trim() : ''
  return /^[\x21-\x7e]{1,200}$/.test(key) ? key : undefined
}

export const MAX_HOST = 2_000

/**
 * An absolute http(s) URL without trailing slashes, or `undefined` for what cannot become one. A path (`/ingest`,
 * `./ingest`) is one of `origin`, a name without a scheme gets `https://`, and without a value it is the default host.
 * PostHog's app hosts become its ingestion hosts (docs/protocol.md §1.1).
 *
 * @param origin the page's own; paths are no hosts without one
 */
export function hostFrom(value: unknown, origin = ''): string | undefined {
  if (value === undefined || value === null || value === '') return DEFAULT_HOST
  const given = typeof value === 'string' ? value.trim().replace(/\/+$/, '') : ''
  const text = given.replace(/^\.*(?=\/[^/])/, origin).replace(/^(\/\/)?(?=[^\s:/]+(\.|:\d))/, 'https://')
  // fetch refuses a URL with a user name or a password.
  if (text.length > MAX_HOST || !/^https?:\/\/[^\s/?#\\@]+(\/[^\s?#\\]*)?$/i.test(text)) return undefined
  return text.replace(/^https:\/\/(?:app|us|(eu))\.posthog\.com$/i, (_, eu) => (eu ? EU_HOST : DEFAULT_HOST))
}
