/** Who is measured. The page code of each is peers/<name>.ts, its wire format in server/decoders.ts. */

export interface Peer {
  name: string
  /** Its package in bench/node_modules. */
  package?: string
  /** It has a worker of its own, peers/<name>.worker.ts. */
  worker?: boolean
  /** No library, but what one is compared with. */
  baseline?: boolean
}

export const PEERS: Peer[] = [
  { name: 'outlast' },
  { name: 'posthog-js', package: 'posthog-js' },
  { name: 'segment', package: '@segment/analytics-next' },
  { name: 'snowplow', package: '@snowplow/browser-tracker' },
  { name: 'rudderstack', package: '@rudderstack/analytics-js' },
  { name: 'amplitude', package: '@amplitude/analytics-browser' },
  { name: 'mixpanel', package: 'mixpanel-browser' },
  { name: 'workbox', package: 'workbox-background-sync', worker: true },
  { name: 'sentry', package: '@sentry/browser' },
]

export const BASELINES: Peer[] = [
  { name: 'none', baseline: true },
  { name: 'bare', baseline: true },
]
