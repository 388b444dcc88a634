/**
 * https://docs.sentry.io/platforms/javascript/best-practices/offline-caching/: the offline transport, flushed at the
 * start of a page. Its store of 30 and its send buffer of 64 are raised, and the integration that drops repeated events
 * is left out. An event is a message with the properties as its context.
 */

import * as Sentry from '@sentry/browser'
import type { PeerClient, PeerConfig } from './peer'

export function start(config: PeerConfig): PeerClient {
  return startWith(config, Sentry.makeBrowserOfflineTransport(Sentry.makeFetchTransport))
}

export function startWith({ host }: PeerConfig, transport: unknown): PeerClient {
  const { host: name, protocol } = new URL(host)
  Sentry.init({
    dsn: `${protocol}//bench@${name}/1`,
    transport,
    transportOptions: { flushAtStartup: true, maxQueueSize: 1_000_000, bufferSize: 1_000_000 },
    integrations: (all) => all.filter((integration) => !['Dedupe', 'BrowserSession'].includes(integration.name)),
  })
  return {
    ready: Promise.resolve(),
    capture: (event, properties) => Sentry.captureMessage(event, { extra: properties }),
  }
}
