/** What every runtime's client does: make events, hand them to the link, tell what became of them. */

import type { Properties, WireFormat } from '../core/event'
import type { Lane } from '../core/handover'
import { MAX_DELAY } from '../core/limits'
import type { QueueConfig } from '../core/queue-config'
import type { Report } from '../core/reports'
import { asRecord, describe } from '../core/values'
import { type AssembleContext, assemble } from './assemble'
import type { Emitter } from './emitter'
import type { FeatureFlags } from './feature-flags'
import type { Link } from './link'
import type { ClientConfig } from './options'
import type { BatchEvent, CaptureOptions, CommonClient, OutlastEvents, ShutdownResult } from './types'

export interface ClientPorts {
  config: ClientConfig & { queue: QueueConfig }
  link: Link
  emitter: Emitter<OutlastEvents>
  newId: () => string
  ambient: AssembleContext['ambient']
  /** Whether nothing may be observed. */
  optedOut(): boolean
  /** Loads the code of feature flags, for the first call that needs it. */
  loadFlags(): Promise<FeatureFlags>
  /** Called when somebody listens for the first time: reports cost nothing before. */
  onFirstListener(): void
  onShutdown(): void
}

interface Given {
  lane: Lane
  format: WireFormat
  event: unknown
  properties: unknown
  options: unknown
}

export function createClient(ports: ClientPorts): CommonClient {
  const { config, link, emitter, newId } = ports
  const { log, queue, historical } = config
  let closing: Promise<ShutdownResult> | undefined
  let listening = false
  let loadedFlags: Promise<FeatureFlags> | undefined
  const context: AssembleContext = {
    token: queue.apiKey,
    format: config.format,
    hooks: config.hooks,
    maxEventBytes: queue.settings.maxEventBytes,
    now: config.now,
    newId,
    warn: log.warn,
    ambient: ports.ambient,
  }

  /** `given` is read in here, because a caller's getters may throw. */
  function take(given: () => Given): void {
    try {
      if (closing) return log.debug('an event after shutdown is ignored')
      if (ports.optedOut()) return log.debug('an event after optOut is ignored')
      const { lane, format, event, properties, options } = given()
      const made = assemble({ ...context, format }, event, properties, options)
      if (!made.ok) {
        if (made.reason !== 'before_send' || made.detail !== DROPPED_ON_PURPOSE) log.warn(`dropped: ${made.detail}`)
        return link.drop(made.reason, made.detail, made.uuid === undefined ? [] : [made.uuid], 1)
      }
      const refused = link.add(lane, format, made.json)
      if (refused) return link.drop(refused, 'maxQueueSize or maxQueueBytes was reached', [made.uuid])
      log.debug(`captured ${String(event)} ${made.uuid}`)
    } catch (error) {
      const detail = `capture failed: ${describe(error)}`
      log.warn(`dropped: ${detail}`)
      link.drop('invalid', detail, [], 1)
    }
  }

  const laneOf = (isHistorical: boolean): Lane => (isHistorical ? 'historical' : 'live')

  return {
    capture(event: string, properties?: Properties, options?: CaptureOptions) {
      take(() => ({ lane: laneOf(historical), format: config.format, event, properties, options }))
    },
    captureBatch(events, options) {
      if (!Array.isArray(events)) return log.warn('captureBatch needs an array of events')
      for (const item of events as BatchEvent[]) {
        take(() => {
          const { event, properties, ...rest } = asRecord(item)
          const isHistorical = asRecord(options).historicalMigration === true || historical
          return { lane: laneOf(isHistorical), format: config.format, event, properties, options: rest }
        })
      }
    },
    captureAi(event, properties, options) {
      take(() => ({ lane: 'live', format: 'ai', event, properties, options }))
    },
    getFeatureFlag: (key, options) => withFlags((flags) => flags.value(key, options), undefined),
    async isFeatureEnabled(key, options) {
      const value = await withFlags((flags) => flags.value(key, options), undefined)
      return value === undefined ? undefined : value !== false
    },
    getFeatureFlagPayload: (key, options) => withFlags((flags) => flags.payload(key, options), undefined),
    getFeatureFlags: (options) => withFlags((flags) => flags.all(options), {}),
    reloadFeatureFlags: () => withFlags((flags) => flags.reload(), undefined),
    onFeatureFlags(listener) {
      let off: (() => void) | undefined
      let ended = false
      // Also of a person who opted out: they may opt in while this listens.
      const unwanted = () => ended || closing !== undefined
      const listen = async (flags: FeatureFlags) => {
        off = flags.listen(listener)
      }
      void withFlags(listen, undefined, unwanted)
      return () => {
        ended = true
        off?.()
      }
    },
    flush: async () => (closing ? { delivered: 0, pending: 0, dropped: 0 } : link.flush()),
    pending: async () => (await link.stats()).pending,
    stats: () => link.stats(),
    shutdown(timeout) {
      closing ??= close(shutdownTimeout(timeout))
      return closing
    },
    on(name, listener) {
      if (!listening) ports.onFirstListener()
      listening = true
      return emitter.on(name, listener)
    },
    ready: link.ready,
  }

  async function close(timeoutMs: number): Promise<ShutdownResult> {
    void loadedFlags?.then((flags) => flags.stop()).catch(() => undefined)
    const result = await link.shutdown(timeoutMs).finally(ports.onShutdown)
    const { kept, dropped } = result
    if (dropped > 0) log.warn(`shutdown could not deliver ${events(dropped)}: dropped`)
    if (kept > 0) log.warn(`shutdown could not deliver ${events(kept)}: kept in the queue`)
    return result
  }

  async function withFlags<T>(
    use: (flags: FeatureFlags) => Promise<T>,
    otherwise: T,
    unwanted = () => closing !== undefined || ports.optedOut(),
  ): Promise<T> {
    if (unwanted()) return otherwise
    try {
      loadedFlags ??= ports.loadFlags()
      const flags = await loadedFlags
      // Its code may have taken a while.
      return unwanted() ? otherwise : await use(flags)
    } catch (error) {
      loadedFlags = undefined
      log.warn(`feature flags are not available: ${describe(error)}`)
      return otherwise
    }
  }

  function shutdownTimeout(given: unknown): number {
    if (given === undefined) return queue.settings.shutdownTimeout
    if (typeof given === 'number' && given >= 0) return Math.min(given, MAX_DELAY)
    log.warn(`shutdown needs a timeout in ms, got ${String(given)}; using ${queue.settings.shutdownTimeout}`)
    return queue.settings.shutdownTimeout
  }
}

const events = (count: number) => `${count} ${count === 1 ? 'event' : 'events'}`

/** See `runBeforeSend`: a hook that returns null is no mistake to warn of. */
const DROPPED_ON_PURPOSE = 'beforeSend returned nothing'

/** Passes a host's report on to this client's listeners. */
export function emitReport(emitter: Emitter<OutlastEvents>, { type, ...detail }: Report): void {
  emitter.emit(type, detail as never)
}

/** The client of a caller that gave no project token: it does nothing, as promised, and says so once (§1.1). */
export function disabledClient(): CommonClient {
  const nothing = { delivered: 0, pending: 0, dropped: 0 }
  return {
    capture: () => undefined,
    captureBatch: () => undefined,
    flush: async () => nothing,
    pending: async () => 0,
    stats: async () => ({ accepted: 0, delivered: 0, pending: 0, dropped: {} }),
    shutdown: async () => ({ delivered: 0, kept: 0, dropped: 0 }),
    captureAi: () => undefined,
    getFeatureFlag: async () => undefined,
    isFeatureEnabled: async () => undefined,
    getFeatureFlagPayload: async () => undefined,
    getFeatureFlags: async () => ({}),
    reloadFeatureFlags: async () => undefined,
    onFeatureFlags: () => () => undefined,
    on: () => () => undefined,
    ready: Promise.resolve({ host: 'memory', storage: 'memory' }),
  }
}
