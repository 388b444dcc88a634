/**
 * The same transport for Node, over memory: what is not delivered when the process ends is lost, so end it with
 * `await shutdown()`.
 *
 * @packageDocumentation
 */

import { fetchSender } from './adapters/fetch-sender'
import { followingSender } from './adapters/following-sender'
import { platformCompressor } from './adapters/gzip'
import { memoryDatabase } from './adapters/memory-database'
import { newId } from './adapters/new-id'
import { systemClock } from './adapters/system-clock'
import { createCapture } from './client/first/capture'
import { createEmitter } from './client/first/emitter'
import { readCaptureOptions } from './client/first/options'
import { newOutbox } from './client/first/outbox'
import { createFeatureFlags } from './client/flags/feature-flags'
import { assembleClient } from './client/late/assemble-client'
import { createClient, disabledClient } from './client/late/client'
import { readDeliveryOptions } from './client/late/delivery-options'
import { emitReport } from './client/late/emit-report'
import { inProcessChannel } from './client/late/in-process-channel'
import { WARNINGS } from './client/late/warnings'
import type { CommonClient, CommonOptions, OutlastEvents } from './client/types'
import { SDK_NAME, SDK_VERSION } from './core/base/version'
import { queueKey } from './core/config/queue-config'

const isUrl = (text: string) => URL.canParse(text)

export type NodeOptions = CommonOptions
export type NodeClient = CommonClient

/**
 * A client of its own for each call. Events name their `distinctId`; those that do not are sent as nobody's, with
 * person processing off.
 *
 * @param apiKey the project's token. Blank: a client that does nothing.
 */
export function init(apiKey: string, options: NodeOptions = {}): NodeClient {
  const config = readCaptureOptions(apiKey, options, { logger: console, now: Date.now, isUrl })
  config.log.speak(WARNINGS)
  const { log, wall, disableGeoip, onError } = config
  if (!config.apiKey) {
    log.warn("init needs the project's API key; nothing will be captured")
    return disabledClient()
  }
  const emitter = createEmitter<OutlastEvents>(log)
  const clock = systemClock(wall)
  const outbox = newOutbox(newId())
  const optedOut = () => false
  const capture = createCapture({
    config,
    outbox,
    emitter,
    newId,
    ambient: ({ distinctId }) => ({
      distinctId: distinctId ?? newId(),
      properties: {
        $lib: SDK_NAME,
        $lib_version: SDK_VERSION,
        ...(distinctId === undefined ? { $process_person_profile: false } : {}),
        ...(disableGeoip ? { $geoip_disable: true } : {}),
      },
    }),
    optedOut,
  })
  const { delivery } = assembleClient({
    front: { config, outbox, capture, emitter, optedOut },
    clock,
    options,
    read: readDeliveryOptions(options, config, () => 'headers'),
    line: {
      connect: async (receive) => ({
        channel: inProcessChannel({
          host: 'memory',
          queue: queueKey(config),
          receive,
          ports: {
            database: memoryDatabase(),
            clock,
            random: Math.random,
            newId,
            sender: fetchSender(),
            compress: platformCompressor(),
            // Nobody else can see this memory, so there is nobody to take turns with.
            locks: { acquire: async () => undefined, held: async () => undefined },
            hooks: [],
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
  })
  if (onError) emitter.on('drop', onError)
  return createClient(capture, delivery, emitter)
}

export type {
  BatchEvent,
  BeforeSend,
  CaptureMode,
  CaptureOptions,
  Dropped,
  FlagOptions,
  FlagValue,
  Flushed,
  Logger,
  OutlastEvents,
  Properties,
  Ready,
  ShutdownResult,
  Stats,
} from './client/types'
export type { DropReason } from './core/base/reports'
export type { OutlastEvent } from './core/event/event'
