/** The built library, as README.md sets it up; only the bounds are raised, for the rows with large backlogs. */

import type { PeerClient, PeerConfig } from './peer'

export async function start({ host, options }: PeerConfig): Promise<PeerClient> {
  const { init }: typeof import('../../src/index') = await import(
    /* @vite-ignore */ `${location.origin}/outlast/index.js`
  )
  const client = init('phc_bench', { host, maxQueueSize: 1_000_000, maxQueueBytes: 1024 ** 3, ...options })
  return {
    ready: client.ready.then(({ host: where }) => where),
    capture: (name, properties) => client.capture(name, properties),
    committed: () => client.stats(),
  }
}
