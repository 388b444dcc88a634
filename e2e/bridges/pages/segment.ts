import { AnalyticsBrowser } from '@segment/analytics-next'
import { segmentPlugin } from '../../../src/bridges/segment'
import { asked, keptUnder } from './page'

const { host, bridged, options } = asked
const { host: name, protocol } = new URL(host)
const delivery = { apiHost: `${name}/v1`, protocol: protocol.slice(0, -1) as 'http' }
const analytics = AnalyticsBrowser.load(
  {
    writeKey: 'key',
    cdnSettings: { integrations: { 'Segment.io': { apiKey: 'key', ...delivery } } },
    plugins: bridged ? [segmentPlugin(options)] : [],
  },
  { integrations: { 'Segment.io': delivery } },
)
await analytics.ready()
window.sdk = {
  capture: (id) => void analytics.track(id, { price: 1 }),
  queued: () => keptUnder('persisted-queue:v1:key:dest-Segment.io:items'),
}
