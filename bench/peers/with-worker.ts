/** A client over a relay can deliver once the worker has answered, as outlast's own `ready` says for outlast. */

import type { PeerClient, PeerConfig } from './peer'

/** How often the browser is asked whether the worker is there, in ms. */
const POLL_MS = 50

/** @param name of the bridge, which is that of its relay */
export function withWorker(client: PeerClient, name: string, { host }: PeerConfig): PeerClient {
  return { ...client, ready: Promise.all([client.ready, workerHasAnswered(name, host)]) }
}

async function workerHasAnswered(name: string, host: string) {
  while (!(await navigator.serviceWorker.getRegistrations()).some(({ active }) => active)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  const { relay }: typeof import('../../src/relay') = await import(
    /* @vite-ignore */ `${location.origin}/outlast/relay.js`
  )
  // One of this name and host shares the bridge's queue, and its host answers.
  await relay({ name, hosts: [host] }).stats()
}
