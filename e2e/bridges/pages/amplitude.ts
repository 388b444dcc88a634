import * as amplitude from '@amplitude/analytics-browser'
import { amplitudePlugin } from '../../../src/bridges/amplitude'
import { asked, keptUnder } from './page'

const { host, bridged, options } = asked
if (bridged) amplitude.add(amplitudePlugin(options))
amplitude.init('0123456789abcdef0123456789abcdef', {
  serverUrl: `${host}/2/httpapi`,
  autocapture: false,
  remoteConfig: { fetchRemoteConfig: false },
  enableDiagnostics: false,
  logLevel: amplitude.Types.LogLevel.None,
})
window.sdk = {
  capture: (id) => void amplitude.track(id),
  queued: () => keptUnder('AMP_unsent_'),
}
