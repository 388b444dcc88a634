import * as Sentry from '@sentry/browser'
import { sentryTransport } from '../../../src/bridges/sentry'
import { asked } from './page'

const { host, bridged, options } = asked
Sentry.init({
  dsn: host.replace('://', '://key@').concat('/1'),
  integrations: (all) => all.filter(({ name }) => name !== 'BrowserSession'),
  ...(bridged ? { transport: sentryTransport(Sentry.makeFetchTransport, options) } : {}),
})
window.sdk = {
  capture: (id) => void Sentry.captureMessage(id),
  queued: async () => ((await Sentry.flush(1_000)) ? 0 : 1),
}
