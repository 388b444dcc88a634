/** What a client owes a process that ends: its calls are answered first, and what is pending has one more attempt. */

import type { Clock } from '../../core/base/ports'
import { within } from '../../core/base/within'
import type { Capture } from '../first/capture'
import type { Delivery } from './delivery'

export interface ProcessPorts {
  /** Calls `listener` whenever the process has nothing left to do. Returns a function that ends that. */
  beforeExit(listener: () => void): () => void
  /** Keeps the process until the work has ended. */
  hold<T>(work: Promise<T>): Promise<T>
}

/**
 * The same delivery, each of whose calls holds the process until it is answered. All of them have limits of their own.
 */
export function holdingDelivery(delivery: Delivery, { hold }: ProcessPorts): Delivery {
  return {
    ...delivery,
    flush: () => hold(delivery.flush()),
    pending: () => hold(delivery.pending()),
    stats: () => hold(delivery.stats()),
    shutdown: (timeout) => hold(delivery.shutdown(timeout)),
    getFeatureFlag: (key, options) => hold(delivery.getFeatureFlag(key, options)),
    isFeatureEnabled: ((key, options) => hold(delivery.isFeatureEnabled(key, options))) as Delivery['isFeatureEnabled'],
    getFeatureFlagPayload: (key, options) => hold(delivery.getFeatureFlagPayload(key, options)),
    getFeatureFlagResult: (key, options) => hold(delivery.getFeatureFlagResult(key, options)),
    getFeatureFlagsAndPayloads: (options) => hold(delivery.getFeatureFlagsAndPayloads(options)),
    getFeatureFlags: (options) => hold(delivery.getFeatureFlags(options)),
    reloadFeatureFlags: () => hold(delivery.reloadFeatureFlags()),
  }
}

/**
 * Delivers what is pending once the process has nothing left to do. What that does not deliver in time is dropped as a
 * shutdown drops it, so that the loss is told: the process's memory ends with it. A client that has delivered all goes
 * on, because other code may still find the process something to do. Returns a function that ends this.
 */
export function deliverBeforeExit(
  capture: Pick<Capture, 'onNew'>,
  delivery: Pick<Delivery, 'flush' | 'shutdown'>,
  clock: Pick<Clock, 'timer'>,
  timeoutMs: number,
  { beforeExit, hold }: ProcessPorts,
): () => void {
  let captured = false
  const handOver = capture.onNew
  capture.onNew = () => {
    captured = true
    handOver?.()
  }
  const deliver = async () => {
    const flushed = await within(timeoutMs, delivery.flush(), clock)
    if (flushed?.pending !== 0) await delivery.shutdown(0)
  }
  return beforeExit(async () => {
    // An event that a listener after this one captures is counted a microtask later than that listener's call.
    await undefined
    await undefined
    // The process has nothing left to do once more after each delivery. Nothing new means that all has been done.
    if (!captured) return
    captured = false
    await hold(deliver())
  })
}
