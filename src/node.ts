/**
 * The same transport for Node, over memory. No timer of the library holds the process. A process that has nothing left
 * to do delivers what is pending before it ends, within `shutdownTimeout`. `process.exit()` and a signal end the
 * process at once, and then events are lost: call `await client.shutdown()` before.
 *
 * @packageDocumentation
 */

import { fetchSender } from './adapters/fetch-sender'
import { followingSender } from './adapters/following-sender'
import { platformCompressor } from './adapters/gzip'
import { isUrl } from './adapters/is-url'
import { memoryDatabase } from './adapters/memory-database'
import { newId } from './adapters/new-id'
import { nodeClock } from './adapters/node-clock'
import { beforeExit, holdProcess } from './adapters/node-process'
import { createCapture } from './client/first/capture'
import type { ClientEvents } from './client/first/client-events'
import { createEmitter } from './client/first/emitter'
import { has, readCaptureOptions } from './client/first/options'
import { newOutbox } from './client/first/outbox'
import { createFeatureFlags } from './client/flags/feature-flags'
import { assembleClient } from './client/late/assemble-client'
import { createClient, disabledClient } from './client/late/client'
import { readDeliveryOptions } from './client/late/delivery-options'
import { emitReport } from './client/late/emit-report'
import { inProcessChannel } from './client/late/in-process-channel'
import { readMasking } from './client/late/masking'
import { deliverBeforeExit, holdingDelivery } from './client/late/process-end'
import { WARNINGS } from './client/late/warnings'
import type { CommonClient, CommonOptions } from './client/types'
import { copyOf } from './core/base/values'
import { SDK_NAME, SDK_VERSION } from './core/base/version'
import { namesNobody } from './core/event/ids-of-nobody'

/**
 * Options of `init` in Node. Sizes and times are those of the page's; nothing is stored on the disk.
 *
 * @example
 * const options: NodeOptions = { host: 'https://eu.i.posthog.com', flushAt: 20, shutdownTimeout: 10_000 }
 */
export type NodeOptions = CommonOptions
/**
 * A client in Node. It knows no person: each event, and each question about feature flags, names its `distinctId`.
 *
 * @example
 * client.capture('invoice paid', { total: 42 }, { distinctId: 'user-42' })
 * await client.isFeatureEnabled('new-checkout', { distinctId: 'user-42', defaultValue: false })
 */
export type NodeClient = CommonClient

const PROCESS = { beforeExit, hold: holdProcess }

/**
 * Makes a client; each call makes another one. Never throws: an unusable option becomes its default, with a warning.
 * Each event names its `distinctId`. An event without one gets a random id, and person processing is off for it.
 *
 * @param apiKey the project's token. Where it is blank or no token, the client does nothing, with a warning.
 * @example
 * const client = init('phc_your_project_key')
 * client.capture('invoice paid', { total: 42 }, { distinctId: 'user-42' })
 * await client.shutdown()
 */
export function init(apiKey: string, options: NodeOptions = {}): NodeClient {
  const config = readCaptureOptions(apiKey, options, { logger: console, now: Date.now, isUrl })
  config.logs.setWords(WARNINGS)
  const { logs: log, wall, disableGeoip } = config
  if (config.halted) {
    log.warnOf('idle', config.halted)
    return disabledClient()
  }
  const emitter = createEmitter<ClientEvents>(log)
  const clock = nodeClock(wall)
  const outbox = newOutbox(newId())
  const capture = createCapture({
    setup: config,
    outbox,
    emitter,
    freshId: newId,
    ambient(asked) {
      const ofNobody = asked !== undefined && namesNobody(asked)
      if (ofNobody) log.warnOf('nobody', asked)
      return {
        distinctId: asked ?? newId(),
        properties: {
          $lib: SDK_NAME,
          $lib_version: SDK_VERSION,
          ...(!asked || ofNobody ? { $process_person_profile: false } : {}),
          ...(disableGeoip ? { $geoip_disable: true } : {}),
        },
      }
    },
    ofConsent: { choice: { refused: false, at: 0 }, withheld: false },
  })
  const read = readDeliveryOptions(options, config, () => 'headers')
  const { delivery } = assembleClient({
    front: { setup: config, outbox, capture, emitter, ofConsent: { optedOut: false } },
    clock,
    options,
    read,
    masking: readMasking(config.mask, log.warn),
    hostPorts: {
      connect: async (receive) => ({
        channel: inProcessChannel({
          host: 'memory',
          receive,
          ports: {
            database: memoryDatabase(),
            clock,
            random: Math.random,
            newId,
            sender: fetchSender(),
            compress: platformCompressor(),
            // No other context can reach this memory, so there is no other sender to take turns with.
            locks: { acquire: async () => undefined, held: async () => undefined },
            hooks: [],
            askHeaders: read.askHeaders,
            senderId: `page:${newId()}`,
            report: (_queue, report) => emitReport(emitter, report),
          },
        }),
      }),
    },
    async loadFlags(ports) {
      const cache = new Map<string, string>()
      return createFeatureFlags({
        ...ports,
        sender: followingSender(),
        store: {
          get: (key) => cache.get(key),
          set: (key, value) => void cache.set(key, value),
          remove: (key) => void cache.delete(key),
        },
        person: () => ({ distinctId: '', groups: {} }),
      })
    },
    onShutdown: () => ended(),
  })
  const ended = deliverBeforeExit(capture, delivery, clock, read.shutdownTimeout, PROCESS)
  const given = copyOf(options)
  if (has(given, 'onError')) emitter.on('drop', given.onError)
  return createClient(capture, holdingDelivery(delivery, PROCESS), emitter)
}

export type {
  BatchEvent,
  BeforeSend,
  CaptureMode,
  CaptureOptions,
  Dropped,
  FlagOptions,
  FlagResult,
  FlagValue,
  Flushed,
  Logger,
  Mask,
  OutlastEvents,
  Properties,
  PropertyBag,
  Ready,
  ShutdownResult,
  Stats,
} from './client/types'
export type { Millis } from './core/base/ports'
export type { DropReason, Report as QueueReport } from './core/base/reports'
export type { HeadersSource } from './core/config/ask-headers'
export type { OutlastEvent } from './core/event/event'
