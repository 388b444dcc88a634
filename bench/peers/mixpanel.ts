/**
 * https://github.com/mixpanel/mixpanel-js/releases/tag/v2.36.0: batches that are kept in localStorage and retried, the
 * default since 2.38; a beacon when the page is hidden. The smaller of its two modules, without session recording.
 */

import mixpanel from 'mixpanel-browser/src/loaders/loader-module-core'
import type { PeerClient, PeerConfig } from './peer'

export function start({ host }: PeerConfig): PeerClient {
  const ready = new Promise((resolve) => {
    mixpanel.init('bench', {
      api_host: host,
      batch_requests: true,
      persistence: 'localStorage',
      autocapture: false,
      track_pageview: false,
      remote_settings_mode: 'disabled',
      loaded: () => resolve(undefined),
    })
  })
  return { ready, capture: (name, properties) => mixpanel.track(name, properties) }
}
