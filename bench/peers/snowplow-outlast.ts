/** Snowplow as docs/bridges.md sets it up: its `customFetch` hands events to a relay. */

import type { PeerClient, PeerConfig } from './peer'
import { startWith } from './snowplow'
import { withWorker } from './with-worker'

export async function start(config: PeerConfig): Promise<PeerClient> {
  const { snowplowFetch }: typeof import('../../src/bridges/snowplow') = await import(
    /* @vite-ignore */ `${location.origin}/outlast/relay-snowplow.js`
  )
  return withWorker(startWith(config, { customFetch: snowplowFetch(config.host) }), 'snowplow', config)
}
