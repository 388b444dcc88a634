/** Who is measured. The page code of each is peers/<name>.ts, its wire format in server/decoders.ts. */

export interface Peer {
  name: string
  /** Its package in bench/node_modules. */
  package?: string
  /** It has a worker of its own, peers/<name>.worker.ts. */
  worker?: boolean
  /** No library, but what one is compared with. */
  baseline?: boolean
  /** The peer whose events go over a relay here: its page is peers/<name>-outlast.ts, its wire format that of the peer. */
  bridged?: string
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

/** What a quick run measures: the library, the one that it replaces, and the one that has a worker as well. */
export const QUICK_PEERS = ['outlast', 'posthog-js', 'workbox']

export const BASELINES: Peer[] = [
  { name: 'none', baseline: true },
  { name: 'bare', baseline: true },
]

/** The name of a peer whose requests go over a relay. */
export const bridgedName = (peer: string): string => `${peer}-outlast`

/** A peer with the bridge that it has, for what is measured of its delivery. */
const withOutlast = (name: string): Peer => ({ name: bridgedName(name), bridged: name })

/** Those of the peers that have a bridge, with it. */
export const BRIDGED: Peer[] = ['segment', 'snowplow', 'amplitude', 'sentry'].map(withOutlast)

/** The bridges to what is no peer: nothing but a story is played on them. */
export const OTHER_BRIDGES: Peer[] = ['otlp', 'fetch'].flatMap((name) => [{ name }, withOutlast(name)])

/** Those of these peers that have a bridge, with it. */
export const bridgedOf = (peers: Peer[]): Peer[] =>
  BRIDGED.filter(({ bridged }) => peers.some(({ name }) => name === bridged))
