// @ts-check
/** Who is measured. The page code of each is peers/<name>.mjs, its wire format in server/decoders.mjs. */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} [package] its package in bench/node_modules
 * @property {boolean} [worker] it has a worker of its own, peers/<name>.worker.mjs
 * @property {boolean} [baseline] no library, but what one is compared with
 */

/** @type {Peer[]} */
export const PEERS = [
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

/** @type {Peer[]} */
export const BASELINES = [
  { name: 'none', baseline: true },
  { name: 'bare', baseline: true },
]
