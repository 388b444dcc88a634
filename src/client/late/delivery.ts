/** The methods of a client that do not take events: flush, shutdown, counts and feature flags. */

import { MAX_DELAY } from '../../core/base/limits'
import { copyOf, show } from '../../core/base/values'
import type { Capture } from '../first/capture'
import type { Log } from '../first/log'
import type { Asking } from '../first/unanswered'
import type { FeatureFlags } from '../flags/feature-flags'
import type { CommonClient, ShutdownResult } from '../types'
import type { HostClient } from './host-client'

export interface DeliveryPorts {
  capture: Capture
  hostClient: HostClient
  log: Log
  /** The timeout of `shutdown` in ms where the caller gives none. */
  shutdownTimeout: number
  /** Whether the person has opted out. */
  optedOut(): boolean
  /** Whether there is no endpoint to ask for feature flags. Warns so the first time. */
  noFlags(): boolean
  /** Loads the code of feature flags, for the first call that needs it. */
  loadFlags(): Promise<FeatureFlags>
  /** Why the latest attempt to deliver failed, as far as this page has heard. */
  lastFailure(): string | undefined
  /** Called once the shutdown has ended. */
  onShutdown?: (() => void) | undefined
}

export interface Delivery extends Asking, Pick<CommonClient, 'ready' | 'onFeatureFlags'> {
  /** @param waited ms of `timeout` that passed before this call */
  shutdown(timeout?: number, waited?: number): Promise<ShutdownResult>
}

export function createDelivery(ports: DeliveryPorts): Delivery {
  const { capture, hostClient, log, optedOut } = ports
  let closing: Promise<ShutdownResult> | undefined
  let loading: Promise<FeatureFlags> | undefined
  let isLoaded = false

  const all: Asking['getFeatureFlagsAndPayloads'] = (options) =>
    withFlags((flags) => flags.all(options), { flags: {}, payloads: {} })

  async function close(timeoutMs: number): Promise<ShutdownResult> {
    capture.isClosed = true
    void loading?.then(
      (flags) => flags.stop(),
      () => undefined,
    )
    const result = await hostClient.shutdown(timeoutMs).finally(ports.onShutdown)
    for (const [count, fate] of [
      [result.dropped, 'dropped'],
      [result.kept, 'kept in the queue'],
    ] as const) {
      const cause = ports.lastFailure()
      const why = cause === undefined ? '' : ` (${cause})`
      if (count > 0) log.warn(`shutdown could not deliver ${count} event${count === 1 ? '' : 's'}: ${fate}${why}`)
    }
    return result
  }

  async function withFlags<T>(
    use: (flags: FeatureFlags) => Promise<T>,
    otherwise: T,
    unwanted = () => capture.isClosed || optedOut(),
  ): Promise<T> {
    if (unwanted() || ports.noFlags()) return otherwise
    try {
      loading ??= ports.loadFlags()
      const flags = await loading
      isLoaded = true
      // The client may have been closed while the code loaded, or the person may have opted out.
      return unwanted() ? otherwise : await use(flags)
    } catch (error) {
      // Code that has loaded stays, with its listeners: what threw is an argument of this call that JSON cannot
      // express.
      if (!isLoaded) loading = undefined
      log.warn(`feature flags are not available: ${show(error)}`)
      return otherwise
    }
  }

  function shutdownTimeout(given: unknown): number {
    if (given === undefined) return ports.shutdownTimeout
    if (typeof given === 'number' && given >= 0) return Math.min(given, MAX_DELAY)
    log.warn(`shutdown needs a timeout in ms, got ${show(given)}; using ${ports.shutdownTimeout}`)
    return ports.shutdownTimeout
  }

  return {
    getFeatureFlag: (key, options) => withFlags((flags) => flags.value(key, options), undefined),
    isFeatureEnabled: (async (key, options) => {
      const known = await withFlags((flags) => flags.value(key, options, 'isFeatureEnabled'), undefined)
      return known === undefined ? copyOf(options).defaultValue : known !== false
    }) as Asking['isFeatureEnabled'],
    getFeatureFlagResult: (key, options) => withFlags((flags) => flags.result(key, options), undefined),
    getFeatureFlagPayload: (key, options) => withFlags((flags) => flags.payload(key, options), undefined),
    getFeatureFlags: async (options) => (await all(options)).flags,
    getFeatureFlagsAndPayloads: all,
    reloadFeatureFlags: () => withFlags((flags) => flags.reload(), undefined),
    setPersonPropertiesForFlags: (properties) => withFlags(async (flags) => flags.setPerson(properties), undefined),
    resetPersonPropertiesForFlags: () => withFlags(async (flags) => flags.setPerson(), undefined),
    setGroupPropertiesForFlags: (properties) => withFlags(async (flags) => flags.setGroups(properties), undefined),
    resetGroupPropertiesForFlags: (type) => withFlags(async (flags) => flags.setGroups(undefined, type), undefined),
    onFeatureFlags(listener) {
      let off: (() => void) | undefined
      let ended = false
      const listen = async (flags: FeatureFlags) => {
        off = flags.listen(listener)
      }
      // Listens even while the person is opted out, because the person may opt in later.
      void withFlags(listen, undefined, () => ended || capture.isClosed)
      return () => {
        ended = true
        off?.()
      }
    },
    flush: async () => (closing ? { delivered: 0, pending: 0, dropped: 0 } : hostClient.flush()),
    pending: async () => (await hostClient.stats()).pending,
    stats: () => hostClient.stats(),
    shutdown(timeout, waited = 0) {
      closing ??= close(Math.max(0, shutdownTimeout(timeout) - (timeout === undefined ? 0 : waited)))
      return closing
    },
    ready: hostClient.ready,
  }
}
