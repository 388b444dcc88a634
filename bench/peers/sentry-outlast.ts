/** Sentry as docs/bridges.md sets it up: its transport hands envelopes to a relay. */

import * as Sentry from '@sentry/browser'
import type { PeerClient, PeerConfig } from './peer'
import { startWith } from './sentry'
import { withWorker } from './with-worker'

export async function start(config: PeerConfig): Promise<PeerClient> {
  const { sentryTransport }: typeof import('../../src/bridges/sentry') = await import(
    /* @vite-ignore */ `${location.origin}/outlast/relay-sentry.js`
  )
  return withWorker(startWith(config, sentryTransport(Sentry.makeFetchTransport)), 'sentry', config)
}
