/** A whole client but for its page, on a virtual clock: the fixed background of the acceptance tests. */

import { memoryDatabase } from '../../../src/adapters/memory-database'
import type { Choice, Device } from '../../../src/client/first/consent'
import { createFront } from '../../../src/client/first/front'
import { readCaptureOptions } from '../../../src/client/first/options'
import { createFeatureFlags } from '../../../src/client/flags/feature-flags'
import { assembleClient } from '../../../src/client/late/assemble-client'
import * as knownPerson from '../../../src/client/late/bootstrap'
import type { Connect } from '../../../src/client/late/channel'
import { applyPersonOptions } from '../../../src/client/late/corrections'
import { debugSwitch } from '../../../src/client/late/debug-switch'
import { readDeliveryOptions } from '../../../src/client/late/delivery-options'
import { emitReport } from '../../../src/client/late/emit-report'
import { createFlagContext, followContext } from '../../../src/client/late/flag-context'
import { forgetFormerPerson } from '../../../src/client/late/former-person'
import { inProcessChannel } from '../../../src/client/late/in-process-channel'
import { readMasking } from '../../../src/client/late/masking'
import { ALL_OPTIONS } from '../../../src/client/late/option-names'
import { WARNINGS } from '../../../src/client/late/warnings'
import { markWindow } from '../../../src/client/late/window-copies'
import type { PersonClient } from '../../../src/client/person-client'
import type { CommonOptions, OutlastEvents } from '../../../src/client/types'
import type { Database, Row, Sender, Table } from '../../../src/core/base/ports'
import { copyOf } from '../../../src/core/base/values'
import { queueKey } from '../../../src/core/config/queue-config'
import type { Properties } from '../../../src/core/event/event'
import type { HostPorts } from '../../../src/core/host/host'
import type { Handover } from '../../../src/core/queue/handover'
import { parseRules, type Rules } from '../../../src/core/queue/rules'
import type { OutlastOptions } from '../../../src/page/types'
import { type FakeEndpoint, fakeEndpoint } from '../core/fake-endpoint'
import { idsFrom } from '../core/fixtures'
import { storeOver } from '../core/store-over'
import { START, settled, type VirtualClock, virtualClock } from '../core/virtual-clock'
import { noLocks } from '../core/world'
import { type FlagsEndpoint, flagsEndpoint } from './flags-endpoint'

export const TOKEN = 'test-token'

/** When every scenario begins. */
export const BEGIN = Date.UTC(2025, 0, 1)

/** An event as it was put in the queue: after `beforeSend`. */
export interface Enqueued {
  uuid: string
  event: string
  distinct_id: string
  timestamp: string
  properties: Properties
}

export interface WorldOptions {
  options?: CommonOptions
  /** A durable database belongs to a `page` host. Default a database in memory. */
  database?: Database
  stores?: { kept: Device; tab: Device }
  /** Where the choice is kept, if not with the stores. */
  choice?: Device
  bootstrapId?: string
  /** What the page does before the late code has loaded. */
  early?(client: PersonClient): void
}

/** The things that outlive a page. */
interface Lasting {
  clock: VirtualClock
  endpoint: FakeEndpoint
  flags: FlagsEndpoint
  database: Database
  kept: Map<string, string>
  tab: Map<string, string>
  /** The number of clients so far, because each has ids of its own. */
  lives: number
}

export interface World extends Readonly<Lasting> {
  client: PersonClient
  warnings: string[]
  debugged: string[]
  drops: OutlastEvents['drop'][]
  readonly enqueued: Enqueued[]
  /** How often `erase` was called. */
  readonly wiped: number
  /** Requests of any kind, to any endpoint. */
  readonly requests: number
  /** The properties of the newest event in the queue, or that went through it. */
  last(): Properties
  /** Lets work that is under way get as far as it can before time passes. */
  settle(): Promise<void>
  /** All rows of a table. */
  rows(table: Table): Promise<Row[]>
  /** The page is left, as by a reload. */
  leave(): void
  /** Lets go of what the world itself has noted, so that nothing is kept but what the client keeps. */
  forget(): void
  /** The next page of the same visitor, or another one while this page is open. */
  restart(options?: CommonOptions): World
}

export function world(given: WorldOptions = {}): World {
  const clock = virtualClock()
  clock.jump(BEGIN - START)
  return live(given, {
    clock,
    endpoint: fakeEndpoint(clock),
    flags: flagsEndpoint(clock),
    database: given.database ?? memoryDatabase(),
    kept: new Map(),
    tab: new Map(),
    lives: 0,
  })
}

function live(given: WorldOptions, lasting: Lasting): World {
  lasting.lives += 1
  const { clock, endpoint, flags, database, kept, tab, lives } = lasting
  const warnings: string[] = []
  const debugged: string[] = []
  const drops: World['drops'] = []
  /** Handovers that are committed are in no outbox any more. */
  const handovers = new Set<Handover>()
  let wiped = 0
  const logger = {
    warn: (message: string) => void warnings.push(message),
    debug: (message: string) => void debugged.push(message),
  }
  const options: CommonOptions = { host: 'https://events.example.com', compression: 'none', logger, ...given.options }
  const config = readCaptureOptions(TOKEN, options, { logger, now: clock.now, isUrl: () => true })
  config.logs.setWords(WARNINGS)
  const { logs: log } = config
  const queue = queueKey(config)
  const { bootstrap } = copyOf(given.options) as OutlastOptions
  const newId = idsFrom(lives * 1_000_000)
  const sender: Sender = {
    send: (request, how) => (isForFlags(request.url) ? flags : endpoint).send(request, how),
  }
  function decide(change: (rules: Rules) => Rules): void {
    for (const store of [front.lasting, front.tab]) store.optedIn()
    const decided = database.transact('readwrite', async (tx) => {
      const known = parseRules(await tx.get('rules', [queue]))
      tx.put('rules', [queue], change(known))
    })
    decided.catch((error) => warnings.push(String(error)))
  }
  const { front, connect } = createFront({
    setup: config,
    freshId: newId,
    choice: given.choice ?? given.stores?.kept ?? storeOver(kept),
    isBegun: true,
    kept: given.stores?.kept ?? storeOver(kept),
    tab: given.stores?.tab ?? storeOver(tab),
    bootstrap: { ...bootstrap, ...(given.bootstrapId !== undefined && { distinctId: given.bootstrapId }) },
    decide,
    countWritten: () => 0,
    timer: (ms) => clock.timer(ms).done.then(() => undefined),
    onClosing: () => undefined,
  })
  front.emitter.on('event', ([properties]) => {
    properties.$current_url = 'https://shop.example.com/'
  })
  const { outbox, emitter } = front
  const loaded = Promise.resolve().then(() => late)
  const client = connect(loaded, () => loaded)
  if (front.choices?.erased()) front.successor = front.person.state.anonymousId
  given.early?.(client)
  const shownWindow = markWindow(front, false, newId)
  forgetFormerPerson(front)
  const { personProfiles } = copyOf(given.options) as OutlastOptions
  const correct = applyPersonOptions(front, { bootstrap: copyOf(bootstrap), personProfiles }, shownWindow, knownPerson)
  const { hostClient, delivery } = assembleClient({
    front,
    clock,
    options,
    correct,
    masking: readMasking(config.mask, log.warn),
    read: readDeliveryOptions(options, config, () => 'headers', ALL_OPTIONS),
    hostPorts: {
      connect: hostIn(database, {
        clock,
        newId,
        sender,
        senderId: `page:${lives}`,
        report: (_queue, report) => emitReport(emitter, report),
      }),
      keep: (open) => (database.durable ? open.reduce((sum, { events }) => sum + events.length, 0) : 0),
      onHandover() {
        for (const handover of outbox.unacknowledged) handovers.add(handover)
      },
    },
    loadFlags: async (ports) => {
      const flags = createFeatureFlags({
        ...ports,
        sender,
        store: front.lasting,
        person: () => front.person.state,
        context,
      })
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
    erase({ at }: Choice) {
      wiped += 1
      void hostClient.erase(at)
    },
  }
  knownPerson.warnOfBootstrap(bootstrap, log.warnOf)
  client.on('drop', (drop) => drops.push(drop))

  const enqueued = () => {
    for (const handover of outbox.unacknowledged) handovers.add(handover)
    const all = [...handovers, ...outbox.unsent].flatMap(({ events }) => events)
    return all.map((json) => JSON.parse(json) as Enqueued)
  }

  return {
    ...lasting,
    client,
    warnings,
    debugged,
    drops,
    get enqueued() {
      return enqueued()
    },
    get wiped() {
      return wiped
    },
    get requests() {
      return endpoint.sent.length + flags.sent.length
    },
    last() {
      const event = enqueued().at(-1)
      if (!event) throw new Error('nothing was enqueued')
      return event.properties
    },
    settle: settled,
    forget() {
      handovers.clear()
      endpoint.taken.clear()
      for (const noted of [endpoint.sent, flags.sent, clock.delays as number[], warnings, debugged, drops])
        noted.length = 0
    },
    leave: () => shownWindow.markOpen(false),
    rows: (table) => database.transact('readonly', (tx) => tx.list(table, [])),
    restart: (next) => live({ ...given, options: { ...given.options, ...next } }, lasting),
  }
}

/** A host in the page, as it is where there is no worker. */
function hostIn(
  database: Database,
  ports: Pick<HostPorts, 'clock' | 'newId' | 'sender' | 'senderId' | 'report'>,
): Connect {
  return async (receive) => ({
    channel: inProcessChannel({
      host: database.durable ? 'page' : 'memory',
      receive,
      ports: {
        database,
        random: () => 0,
        compress: async () => undefined,
        locks: noLocks,
        hooks: [],
        ...ports,
      },
    }),
  })
}

const isForFlags = (url: string) => new URL(url).pathname.startsWith('/flags')

/** The names of the events in each request, in order. */
export const batches = ({ endpoint }: World) => endpoint.sent.map(({ body }) => body.batch.map(({ event }) => event))

/** The state of a promise. */
export function watch<T>(promise: Promise<T>): { settled: boolean; value?: T } {
  const state: { settled: boolean; value?: T } = { settled: false }
  void promise.then((value) => Object.assign(state, { settled: true, value }))
  return state
}
