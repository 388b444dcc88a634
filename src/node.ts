/**
 * The same transport for Node, over memory: what is not delivered when the process ends is lost, so end it with
 * `await shutdown()`.
 *
 * @packageDocumentation
 */

import { fetchSender } from './adapters/fetch-sender'
import { platformCompressor } from './adapters/gzip'
import { memoryDatabase } from './adapters/memory-database'
import { newId } from './adapters/new-id'
import { systemClock } from './adapters/system-clock'
import { createClient, disabledClient, emitReport } from './client/client'
import { createEmitter } from './client/emitter'
import { createFeatureFlags } from './client/feature-flags'
import { inProcessChannel } from './client/in-process-channel'
import { createLink } from './client/link'
import { readOptions } from './client/options'
import type { CommonClient, CommonOptions, OutlastEvents } from './client/types'
import { queueKey } from './core/queue-config'
import { SDK_NAME, SDK_VERSION } from './core/version'

export type NodeOptions = CommonOptions
export type NodeClient = CommonClient

/**
 * A client of its own for each call. Events name their `distinctId`; those that do not are sent as nobody's, with
 * person processing off.
 *
 * @param apiKey the project's token. Blank: a client that does nothing.
 */
export function init(apiKey: string, options: NodeOptions = {}): NodeClient {
  const config = readOptions(apiKey, options, { logger: console, now: Date.now, styleOf: () => 'headers' })
  const { queue, log, now } = config
  if (!queue) return disabledClient()
  const emitter = createEmitter<OutlastEvents>(log)
  const clock = systemClock(now)
  const link = createLink(queue, {
    clock,
    newId,
    connect: async (receive) => ({
      channel: inProcessChannel({
        host: 'memory',
        queue: queueKey(queue),
        receive,
        ports: {
          database: memoryDatabase(),
          clock,
          random: Math.random,
          newId,
          sender: fetchSender(),
          compress: platformCompressor,
          // Nobody else can see this memory, so there is nobody to take turns with.
          locks: { acquire: async () => undefined, held: async () => undefined },
          hooks: [],
          senderId: `page:${newId()}`,
          report: (_queue, report) => emitReport(emitter, report),
        },
      }),
    }),
    emit: emitter.emit,
    warn: log.warn,
    onPending: () => undefined,
    onHandover: () => undefined,
    onEmpty: () => undefined,
    keep: () => 0,
    onAdopted: () => undefined,
  })
  const client = createClient({
    config: { ...config, queue },
    link,
    emitter,
    newId,
    ambient: ({ distinctId }) => ({
      distinctId: distinctId ?? newId(),
      properties: {
        $lib: SDK_NAME,
        $lib_version: SDK_VERSION,
        ...(distinctId === undefined ? { $process_person_profile: false } : {}),
        ...(config.disableGeoip ? { $geoip_disable: true } : {}),
      },
    }),
    optedOut: () => false,
    async loadFlags() {
      const cache = new Map<string, string>()
      return createFeatureFlags({
        queue,
        clock,
        sender: fetchSender(),
        store: {
          get: (key) => cache.get(key),
          set: (key, value) => void cache.set(key, value),
          remove: (key) => void cache.delete(key),
        },
        person: () => ({ distinctId: '', groups: {} }),
        disableGeoip: config.disableGeoip,
        ...config.flags,
        capture: (event, properties, of) => client.capture(event, properties, of),
        warn: log.warn,
      })
    },
    onFirstListener: () => undefined,
    onShutdown: () => undefined,
  })
  if (config.onError) client.on('drop', config.onError)
  return client
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
export type { OutlastEvent } from './core/event'
export type { DropReason } from './core/reports'
