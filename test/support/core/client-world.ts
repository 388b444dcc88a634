import { memoryDatabase } from '../../../src/adapters/memory-database'
import { createCapture } from '../../../src/client/first/capture'
import type { ClientEvents } from '../../../src/client/first/client-events'
import { createEmitter } from '../../../src/client/first/emitter'
import { readCaptureOptions } from '../../../src/client/first/options'
import { newOutbox, type Outbox } from '../../../src/client/first/outbox'
import { assembleClient } from '../../../src/client/late/assemble-client'
import { createClient } from '../../../src/client/late/client'
import { readDeliveryOptions } from '../../../src/client/late/delivery-options'
import { emitReport } from '../../../src/client/late/emit-report'
import type { HostClient } from '../../../src/client/late/host-client'
import { inProcessChannel } from '../../../src/client/late/in-process-channel'
import { readMasking } from '../../../src/client/late/masking'
import { WARNINGS } from '../../../src/client/late/warnings'
import type { CommonClient, CommonOptions, OutlastEvents, Ready } from '../../../src/client/types'
import type { Database } from '../../../src/core/base/ports'
import type { HostMessage, PageMessage } from '../../../src/core/host/messages'
import type { Handover } from '../../../src/core/queue/handover'
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint'
import { idsFrom } from './fixtures'
import { type Life, mortal } from './mortal'
import { type VirtualClock, virtualClock } from './virtual-clock'
import { noLocks } from './world'

export interface ClientWorldOptions {
  options?: CommonOptions
  database?: Database
  /** The hosts of the ladder. Default only `memory`. */
  ladder?: Ready['host'][]
  /** How long it takes to reach a host. Default no time at all. */
  opensAfterMs?: number
  /** The number of this client among several over one database, so that their ids differ. Default 0. */
  nth?: number
  /** Whether the journal holds the handover. Default that there is none. */
  isKept?: (handover: Handover) => boolean
  ambient?: () => { distinctId: string; properties: Record<string, unknown> }
}

/** A client, its host client, and a host in this very context that can be cut off and killed. */
export interface ClientWorld {
  client: CommonClient
  hostClient: HostClient
  outbox: Outbox
  clock: VirtualClock
  endpoint: FakeEndpoint
  database: Database
  warnings: string[]
  drops: OutlastEvents['drop'][]
  degraded: OutlastEvents['degraded'][]
  /** Handovers of earlier pages that need not be kept any more. */
  letGo: Handover[]
  /** Messages that got through, in order. */
  toHost: PageMessage[]
  toPage: HostMessage[]
  /** Which messages get through. */
  passes: { toHost(message: PageMessage): boolean; toPage(message: HostMessage): boolean }
  /** Lets the page hear what a host said to another client of it. */
  hear(raw: unknown): void
  /** Kills the host. The next message starts a new instance of it over the same database, as with a worker. */
  kill(): void
}

export function clientWorld(given: ClientWorldOptions = {}): ClientWorld {
  const clock = virtualClock()
  const endpoint = fakeEndpoint(clock)
  const database = given.database ?? memoryDatabase()
  const warnings: string[] = []
  const drops: ClientWorld['drops'] = []
  const degraded: ClientWorld['degraded'] = []
  const letGo: Handover[] = []
  const toHost: PageMessage[] = []
  const toPage: HostMessage[] = []
  const passes: ClientWorld['passes'] = { toHost: () => true, toPage: () => true }
  const ladder = given.ladder ?? ['memory']
  const { nth = 0 } = given
  const logger = { warn: (message: string) => warnings.push(message) }
  const options: CommonOptions = { compression: 'none', logger, ...given.options }
  const config = readCaptureOptions('phc_test', options, { logger, now: clock.now, isUrl: () => true })
  config.logs.setWords(WARNINGS)
  const { logs: log } = config
  const emitter = createEmitter<ClientEvents>(log)
  let life: Life | undefined
  let instances = 0
  let hear: ClientWorld['hear'] = () => undefined

  function startHost(host: 'page' | 'memory', receive: (raw: unknown) => void) {
    const own = mortal({ clock, database, sender: endpoint })
    life = own
    instances += 1
    return inProcessChannel({
      host,
      receive(message) {
        if (own.dead || !passes.toPage(message)) return
        toPage.push(message)
        receive(message)
      },
      ports: {
        clock: own.clock,
        database: own.database,
        random: () => 0,
        newId: idsFrom((instances + nth * 10) * 10_000_000),
        sender: own.sender,
        compress: async () => undefined,
        locks: noLocks,
        hooks: [],
        senderId: `worker:${instances + nth * 10}`,
        report: (_queue, report) => emitReport(emitter, report),
      },
    })
  }

  const outbox = newOutbox(idsFrom(1_000 + nth * 10_000)())
  const capture = createCapture({
    setup: config,
    outbox,
    emitter,
    freshId: idsFrom(1 + nth * 10_000),
    ambient: given.ambient ?? ((asked) => ({ distinctId: asked ?? 'visitor', properties: {} })),
    ofConsent: { choice: { refused: false, at: 0 }, withheld: false },
  })
  const { hostClient, delivery } = assembleClient({
    front: { setup: config, outbox, capture, emitter, ofConsent: { optedOut: false } },
    clock,
    options,
    masking: readMasking(config.mask, log.warn),
    read: readDeliveryOptions(options, config, () => 'headers'),
    hostPorts: {
      async connect(receive, failed) {
        hear = receive
        if (given.opensAfterMs) await clock.timer(given.opensAfterMs).done
        const host = ladder[failed ? ladder.indexOf(failed.host) + 1 : 0] ?? 'memory'
        let current = startHost(host === 'page' ? 'page' : 'memory', receive)
        const channel = {
          host,
          storage: database.durable ? 'indexeddb' : 'memory',
          post(message: PageMessage) {
            if (!passes.toHost(message)) return undefined
            if (life?.dead) current = startHost(host === 'page' ? 'page' : 'memory', receive)
            toHost.push(message)
            return current.post(message)
          },
          close: () => current.close(),
        } as const
        return failed ? { channel, degraded: failed.reason } : { channel }
      },
      keep: (open) => open.reduce((sum, { events }) => sum + events.length, 0),
      onSafe: (handovers) => void letGo.push(...handovers),
      ...(given.isKept ? { isKept: given.isKept } : {}),
    },
    loadFlags: () => Promise.reject(new Error('this world has no flags')),
  })
  const client = createClient(capture, delivery, emitter)
  client.on('drop', (drop) => drops.push(drop))
  client.on('degraded', (change) => degraded.push(change))

  return {
    client,
    hostClient,
    outbox,
    clock,
    endpoint,
    database,
    warnings,
    drops,
    degraded,
    letGo,
    toHost,
    toPage,
    passes,
    hear: (raw) => hear(raw),
    kill: () => life?.kill(),
  }
}

/** A database in memory that says it is on disk. */
export const durableMemory = (): Database => Object.assign(memoryDatabase(), { durable: true })
