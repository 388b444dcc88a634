import { memoryDatabase } from '../../../src/adapters/memory-database'
import type { Stats } from '../../../src/core/base/accounting'
import { MAX_DELAY } from '../../../src/core/base/limits'
import type { Compressor, Database, Locks, Random } from '../../../src/core/base/ports'
import type { Report } from '../../../src/core/base/reports'
import type { HeadersSource } from '../../../src/core/config/ask-headers'
import { type QueueConfig, queueKey } from '../../../src/core/config/queue-config'
import type { TransportSettings } from '../../../src/core/config/settings'
import { drive } from '../../../src/core/delivery/drive'
import { createTransport, type Transport, type WakeReason } from '../../../src/core/delivery/transport'
import type { BeforeSend } from '../../../src/core/event/before-send'
import type { EventJson, WireFormat } from '../../../src/core/event/event'
import type { Lane } from '../../../src/core/queue/handover'
import { createQueue, type Queue } from '../../../src/core/queue/queue'
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint'
import { configOf, eventsFrom, handoverOf, idsFrom } from './fixtures'
import { type VirtualClock, virtualClock } from './virtual-clock'

export interface WorldOptions {
  settings?: Partial<TransportSettings>
  clock?: VirtualClock
  database?: Database
  endpoint?: FakeEndpoint
  hooks?: BeforeSend[]
  askHeaders?: HeadersSource
  headersAsked?: boolean
  /** The endpoint of the site's own. */
  own?: QueueConfig['endpoint']
  compress?: Compressor
  locks?: Locks
  random?: Random
  senderId?: string
}

/** A transport over a database in memory, an endpoint that can be told what to do, and a clock that can be moved. */
export interface World {
  clock: VirtualClock
  endpoint: FakeEndpoint
  database: Database
  queue: Queue
  config: QueueConfig
  transport: Transport
  reports: Report[]
  /** Hands over the next `count` events and keeps the transport going, as its host would. Returns their JSON. */
  capture(count?: number, given?: { lane?: Lane; format?: WireFormat }): Promise<EventJson[]>
  /** Keeps the transport going until it has nothing to do. */
  go(reason?: WakeReason): void
  stats(): Promise<Stats>
  /** Throws unless `accepted = delivered + dropped + pending`. */
  balance(): Promise<Stats>
}

/** Locks of a platform without Web Locks. */
export const noLocks: Locks = { acquire: async () => undefined, held: async () => undefined }

export function world(options: WorldOptions = {}): World {
  const { clock = virtualClock(), database = memoryDatabase(), senderId = 'page:1' } = options
  const endpoint = options.endpoint ?? fakeEndpoint(clock)
  const { headersAsked, own } = options
  const config: QueueConfig = {
    ...configOf(options.settings),
    ...(headersAsked ? { headersAsked } : {}),
    ...(own ? { endpoint: own } : {}),
  }
  const queue = createQueue(database, queueKey(config))
  const reports: Report[] = []
  const transport = createTransport(queue, {
    clock,
    random: options.random ?? (() => 0),
    newId: idsFrom(1_000_000),
    sender: endpoint,
    compress: options.compress ?? (async () => undefined),
    locks: options.locks ?? noLocks,
    report: (report) => reports.push(report),
    hooks: options.hooks ?? [],
    askHeaders: options.askHeaders,
    senderId,
  })
  let captured = 0
  let seq = 0
  let driver: Promise<unknown> | undefined

  function go(reason: WakeReason = 'due'): void {
    if (driver && reason !== 'due') void transport.wake(reason)
    driver ??= drive(transport, clock, MAX_DELAY, () => undefined, reason).finally(() => {
      driver = undefined
    })
  }

  return {
    clock,
    endpoint,
    database,
    queue,
    config,
    transport,
    reports,
    go,
    async capture(count = 1, { lane = 'live', format = 'v0' } = {}) {
      const events = eventsFrom(captured + 1, count, format)
      captured += count
      seq += 1
      await transport.append(config, handoverOf(seq, events, { producer: senderId, lane, format }))
      go()
      return events
    },
    stats: () => transport.stats(),
    async balance() {
      const stats = await transport.stats()
      const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
      if (stats.accepted !== stats.delivered + dropped + stats.pending) {
        throw new Error(`out of balance: ${JSON.stringify(stats)}`)
      }
      return stats
    },
  }
}
