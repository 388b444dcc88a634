/** The same library, with the `fetch` of docs/bridges.md. */

import { startWith } from './fetch'
import type { PeerClient, PeerConfig } from './peer'
import { withWorker } from './with-worker'

export async function start(config: PeerConfig): Promise<PeerClient> {
  const { relayFetch }: typeof import('../../src/bridges/fetch') = await import(
    /* @vite-ignore */ `${location.origin}/outlast/relay-fetch.js`
  )
  return withWorker(startWith(config, relayFetch({ hosts: [config.host] })), 'fetch', config)
}
