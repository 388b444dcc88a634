/** A whole page's client but for the browser, on a virtual clock, with real parts. */

import { isUrl } from '../../src/adapters/is-url'
import { memoryDatabase } from '../../src/adapters/memory-database'
import type { Choice, Device } from '../../src/client/first/consent'
import { createFront } from '../../src/client/first/front'
import { readCaptureOptions } from '../../src/client/first/options'
import { createFeatureFlags } from '../../src/client/flags/feature-flags'
import { assembleClient } from '../../src/client/late/assemble-client'
import * as knownPerson from '../../src/client/late/bootstrap'
import { applyPersonOptions } from '../../src/client/late/corrections'
import { debugSwitch } from '../../src/client/late/debug-switch'
import { readDeliveryOptions } from '../../src/client/late/delivery-options'
import { emitReport } from '../../src/client/late/emit-report'
import { createFlagContext, followContext } from '../../src/client/late/flag-context'
import { inProcessChannel } from '../../src/client/late/in-process-channel'
import { readMasking } from '../../src/client/late/masking'
import { WARNINGS } from '../../src/client/late/warnings'
import { markWindow } from '../../src/client/late/window-copies'
import type { CommonOptions, OutlastEvents } from '../../src/client/types'
import type { Sender } from '../../src/core/base/ports'
import { copyOf } from '../../src/core/base/values'
import { queueKey } from '../../src/core/config/queue-config'
import { readQueueConfig } from '../../src/core/config/read-queue-config'
import type { Handover } from '../../src/core/queue/handover'
import { fakeEndpoint } from '../support/core/fake-endpoint'
import { idsFrom } from '../support/core/fixtures'
import { storeOver } from '../support/core/store-over'
import { noLocks } from '../support/core/world'
import { watchedClock } from './clock'

export interface Given {
  apiKey: unknown
  options: unknown
  stores?: { kept: Device; tab: Device }
  recover?: (queue: string, add: (handovers: Handover[]) => Promise<unknown>) => Promise<boolean>
}

/** No client where there is no project, or no host, to work for. */
export function startClient({ apiKey, options, stores, recover }: Given) {
  const clock = watchedClock()
  const endpoint = fakeEndpoint(clock)
  const warnings: string[] = []
  const logger = { warn: (message: string) => void warnings.push(message) }
  const config = readCaptureOptions(apiKey, options, {
    logger,
    now: clock.now,
    isUrl,
  })
  config.logs.setWords(WARNINGS)
  const { logs: log } = config
  if (config.halted) {
    config.logs.warnOf('idle', config.halted)
    return { warnings }
  }
  const read = readDeliveryOptions(options, config, styleOf)
  // What the host makes of the settings that it is given.
  const queue = readQueueConfig(read.queue)
  if (!queue) throw new Error('the host takes no queue of this name')
  const drops: OutlastEvents['drop'][] = []
  const { bootstrap: raw, personProfiles } = copyOf(options)
  const bootstrap = copyOf(raw)
  const { front, connect } = createFront({
    setup: config,
    freshId: idsFrom(20_000_000),
    choice: stores?.kept ?? storeOver(new Map()),
    isBegun: true,
    kept: stores?.kept ?? storeOver(new Map()),
    tab: stores?.tab ?? storeOver(new Map()),
    bootstrap,
    decide: () => undefined,
    countWritten: () => 0,
    timer: (ms) => clock.timer(ms).done.then(() => undefined),
    onClosing: () => undefined,
  })
  const { emitter } = front
  const loaded = Promise.resolve().then(() => late)
  const client = connect(loaded, () => loaded)
  knownPerson.warnOfBootstrap(raw, log.warnOf)
  const correct = applyPersonOptions(
    front,
    { bootstrap, personProfiles },
    markWindow(front, false, idsFrom(30_000_000)),
    knownPerson,
  )
  emitter.on('event', ([properties]) => {
    properties.$current_url = 'https://shop.example.com/'
  })
  const database = memoryDatabase()
  const key = queueKey(queue)
  // As a page's late code does.
  const moved = recover?.(key, (handovers) =>
    database.transact('readwrite', async (tx) => {
      for (const one of handovers) tx.put('journal', [key, one.producer, one.seq], one)
    }),
  )
  const { hostClient, delivery } = assembleClient({
    front,
    clock,
    options: (options ?? {}) as CommonOptions,
    read,
    masking: readMasking(config.mask, log.warn),
    correct,
    hostPorts: {
      connect: async (receive) => ({
        channel: inProcessChannel({
          host: 'memory',
          receive,
          ports: {
            database,
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
    },
    async loadFlags(ports) {
      const person = () => front.person.state
      const flags = createFeatureFlags({ ...ports, queue, sender: NO_FLAGS, store: front.lasting, person, context })
      followContext(front, context, flags, options)
      return flags
    },
  })
  const context = createFlagContext(front)
  const late = {
    ...delivery,
    listen: () => undefined,
    debug: debugSwitch(emitter, log, () => undefined),
    setPersistence: async () => undefined,
    erase: ({ at }: Choice) => void hostClient.erase(at),
  }
  client.on('drop', (drop) => drops.push(drop))
  void moved?.then(
    () => hostClient.wake('due'),
    () => undefined,
  )
  return { client, clock, config, queue, endpoint, warnings, drops, hostClient }
}

const NO_FLAGS: Sender = { send: async () => ({ kind: 'reply', status: 503, retryAfter: null, body: '' }) }

/** As a page does. */
function styleOf(host: string): 'headers' | 'simple' {
  return new URL(host).origin === 'https://shop.example.com' ? 'headers' : 'simple'
}
