/**
 * https://www.rudderstack.com/docs/sources/event-streams/sdks/rudderstack-javascript-sdk/load-js-sdk/: the default queue
 * is kept in localStorage and retried; its beacon queue is not. The bundled build, because the default one loads its
 * plugins from a CDN. The queue's bound of 100 is raised.
 */

import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
import type { PeerClient, PeerConfig } from './peer'

const WRITE_KEY = '2L8Fl7ryPss3Zku133Pj5ox7NeP'

export function start({ host }: PeerConfig): PeerClient {
  const analytics = new RudderAnalytics()
  const ready = new Promise((resolve) => {
    analytics.load(WRITE_KEY, host, {
      logLevel: 'NONE',
      queueOptions: { maxItems: 1_000_000 },
      sessions: { autoTrack: true },
      getSourceConfig: () => ({
        source: {
          id: 'bench',
          name: 'bench',
          writeKey: WRITE_KEY,
          enabled: true,
          workspaceId: 'bench',
          destinations: [],
          config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
          dataplanes: {},
        },
        updatedAt: '2026-01-01T00:00:00.000Z',
      }),
    })
    analytics.ready(() => resolve(undefined))
  })
  return { ready, capture: (name, properties) => analytics.track(name, properties) }
}
