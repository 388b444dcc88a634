/** A whole page's client but for the browser, on a virtual clock, with real parts. */

import { memoryDatabase } from '../src/adapters/memory-database'
import { emitReport } from '../src/client/client'
import { createEmitter } from '../src/client/emitter'
import { createFeatureFlags } from '../src/client/feature-flags'
import { inProcessChannel } from '../src/client/in-process-channel'
import { createLink } from '../src/client/link'
import { readOptions } from '../src/client/options'
import type { KeyValueStore } from '../src/client/person'
import { createPersonClient } from '../src/client/person-client'
import type { OutlastEvents } from '../src/client/types'
import type { Sender } from '../src/core/ports'
import type { Handover } from '../src/core/queue-append'
import { queueKey } from '../src/core/settings'
import { fakeEndpoint } from '../src/core/testing/fake-endpoint'
import { idsFrom } from '../src/core/testing/fixtures'
import { noLocks } from '../src/core/testing/world'
import { watchedClock } from './clock'

export interface Given {
  apiKey: unknown
  options: unknown
  stores?: { kept: KeyValueStore; tab: KeyValueStore }
  spilled?: (queue: string) => Handover[]
}

export function storeOver(map: Map<string, string>): KeyValueStore {
  return {
    get: (key) => map.get(key),
    set: (key, value) => void map.set(key, value),
    remove: (key) => void map.delete(key),
  }
}

/** `undefined` where there is no project to work for. */
export function startClient({ apiKey, options, stores, spilled }: Given) {
  const clock = watchedClock()
  const endpoint = fakeEndpoint(clock)
  const warnings: string[] = []
  const logger = { warn: (message: string) => void warnings.push(message) }
  const config = readOptions(apiKey, options, { logger, now: clock.now, styleOf: (host) => styleOf(host) })
  const { queue, log } = config
  if (!queue) return { warnings }
  const emitter = createEmitter<OutlastEvents>(log)
  const drops: OutlastEvents['drop'][] = []
  const link = createLink(queue, {
    clock,
    newId: idsFrom(1_000),
    connect: async (receive) => ({
      channel: inProcessChannel({
        host: 'memory',
        queue: queueKey(queue),
        receive,
        ports: {
          database: memoryDatabase(),
          clock,
          random: () => 0,
          newId: idsFrom(10_000_000),
          sender: endpoint,
          compress: async () => undefined,
          locks: noLocks,
          hooks: [],
          senderId: 'page:1',
          report: (_queue, report) => emitReport(emitter, report),
        },
      }),
    }),
    emit: emitter.emit,
    warn: log.warn,
    onPending: () => undefined,
    onEmpty: () => undefined,
    keep: () => 0,
    onHandover: () => undefined,
    onAdopted: () => undefined,
  })
  if (spilled) link.adopt(spilled(queueKey(queue)))
  const { client } = createPersonClient({
    config: { ...config, queue },
    link,
    emitter,
    newId: idsFrom(20_000_000),
    kept: stores?.kept ?? storeOver(new Map()),
    tab: stores?.tab ?? storeOver(new Map()),
    bootstrapId: undefined,
    surroundings: () => ({ $current_url: 'https://shop.example.com/' }),
    loadFlags: async (ports) => createFeatureFlags({ ...ports, clock, sender: NO_FLAGS }),
    onFirstListener: () => undefined,
    onClear: () => undefined,
    onShutdown: () => undefined,
  })
  client.on('drop', (drop) => drops.push(drop))
  return { client, clock, config, queue, endpoint, warnings, drops, link }
}

const NO_FLAGS: Sender = {
  send: () => ({
    outcome: Promise.resolve({ kind: 'reply', status: 503, retryAfter: null, body: '' }),
    abort: () => undefined,
  }),
}

/** As a page does. */
export function styleOf(host: string): 'headers' | 'simple' {
  return new URL(host).origin === 'https://shop.example.com' ? 'headers' : 'simple'
}
