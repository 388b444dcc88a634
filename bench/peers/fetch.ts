/** A library that has no queue, and sends each event by `fetch` with `keepalive`. */

import { bareEvent } from '../page/bare'
import type { PeerClient, PeerConfig } from './peer'

export function start(config: PeerConfig): PeerClient {
  return startWith(config, fetch)
}

export function startWith({ host }: PeerConfig, send: typeof fetch): PeerClient {
  return {
    ready: Promise.resolve(),
    capture(name, properties) {
      // Whoever has no queue can do nothing about what fails.
      send(`${host}/bare`, { method: 'POST', body: bareEvent(name, properties), keepalive: true }).catch(
        () => undefined,
      )
    },
  }
}
