/** Segment as docs/bridges.md sets it up: a plugin hands its events to a relay. */

import type { PeerClient, PeerConfig } from './peer'
import { startWith } from './segment'
import { withWorker } from './with-worker'

export async function start(config: PeerConfig): Promise<PeerClient> {
  const { segmentPlugin }: typeof import('../../src/bridges/segment') = await import(
    /* @vite-ignore */ `${location.origin}/outlast/relay-segment.js`
  )
  return withWorker(startWith(config, [segmentPlugin()]), 'segment', config)
}
