/**
 * https://github.com/segmentio/analytics-next/tree/master/packages/browser#readme: the retry queue and its persistence at
 * `pagehide` are on by default. `keepalive` on the default delivery strategy is what its maintainers advise against
 * events lost in navigations (segmentio/analytics-next#768). Settings are given inline, so that nothing is asked of a CDN.
 */

import { AnalyticsBrowser } from '@segment/analytics-next'
import type { PeerClient, PeerConfig } from './peer'

export function start(config: PeerConfig): PeerClient {
  return startWith(config, [])
}

export function startWith({ host }: PeerConfig, plugins: object[]): PeerClient {
  const { host: apiHost, protocol } = new URL(host)
  const delivery = {
    apiHost: `${apiHost}/v1`,
    protocol: protocol.slice(0, -1),
    deliveryStrategy: { strategy: 'standard', config: { keepalive: true } },
  }
  const analytics = AnalyticsBrowser.load(
    { writeKey: 'bench', plugins, cdnSettings: { integrations: { 'Segment.io': { apiKey: 'bench', ...delivery } } } },
    { integrations: { 'Segment.io': delivery }, retryQueue: true },
  )
  return {
    ready: analytics.ready(),
    capture: (name, properties) => void analytics.track(name, properties).catch(() => undefined),
  }
}
