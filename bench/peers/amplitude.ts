/**
 * https://amplitude.com/docs/sdks/analytics/browser/browser-sdk-2: unsent events are kept in localStorage and the offline
 * mode is on by default; for the end of a page it says to set the transport to `beacon` in `pagehide` and to flush.
 * Autocapture and the remote configuration are turned off.
 */

import * as amplitude from '@amplitude/analytics-browser'
import type { PeerClient, PeerConfig } from './peer'

export function start(config: PeerConfig): PeerClient {
  const client = startPlain(config)
  addEventListener('pagehide', () => {
    amplitude.setTransport('beacon')
    amplitude.flush()
  })
  return client
}

export function startPlain({ host }: PeerConfig): PeerClient {
  const ready = amplitude.init('0123456789abcdef0123456789abcdef', {
    serverUrl: `${host}/2/httpapi`,
    autocapture: false,
    remoteConfig: { fetchRemoteConfig: false },
    enableDiagnostics: false,
    logLevel: amplitude.Types.LogLevel.None,
  }).promise
  return { ready, capture: (name, properties) => void amplitude.track(name, properties) }
}
