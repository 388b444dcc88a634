import { newTracker, trackStructEvent } from '@snowplow/browser-tracker'
import { snowplowFetch } from '../../../src/bridges/snowplow'
import { asked, keptUnder } from './page'

const { host, bridged, options } = asked
newTracker('sp', host, {
  appId: 'site',
  // It writes an error for what a person has refused.
  plugins: [{ logger: (log) => log.setLogLevel(0) }],
  anonymousTracking: { withServerAnonymisation: true },
  ...(bridged ? { customFetch: snowplowFetch(host, options) } : {}),
})
window.sdk = {
  capture: (id) => trackStructEvent({ category: 'test', action: id }),
  queued: () => keptUnder('snowplowOutQueue_'),
}
