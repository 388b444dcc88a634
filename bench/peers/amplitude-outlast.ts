/** Amplitude as docs/bridges.md sets it up: a plugin hands its uploads to a relay. */

import * as amplitude from '@amplitude/analytics-browser'
import { startPlain } from './amplitude'
import type { PeerClient, PeerConfig } from './peer'
import { withWorker } from './with-worker'

export async function start(config: PeerConfig): Promise<PeerClient> {
  const { amplitudePlugin }: typeof import('../../src/bridges/amplitude') = await import(
    /* @vite-ignore */ `${location.origin}/outlast/relay-amplitude.js`
  )
  amplitude.add(amplitudePlugin())
  return withWorker(startPlain(config), 'amplitude', config)
}
