/**
 * Snowplow's events over a relay.
 *
 * @packageDocumentation
 */

import { durableFetch } from './durable-fetch'
import type { BridgeOptions } from './to-relay'

export type { BridgeOptions } from './to-relay'

/**
 * The header that asks the collector to store neither cookie nor address of the person. It must never be lost on the
 * way.
 */
const ANONYMOUS = 'SP-Anonymous'

/**
 * Makes the `customFetch` of a tracker. Events are on disk a moment after they are tracked, and leave the tracker's own
 * queue then. What the relay has no place for is sent as without it, and stays in the tracker's queue until it has
 * arrived. Only POST is taken, the default of `eventMethod`.
 *
 * @param collector the endpoint as `newTracker` takes it. For what is no address `snowplowFetch` throws a `TypeError`
 * @param options with `storedHeaders` for what is in `customHeaders`
 * @example
 * newTracker('sp', collector, { appId, customFetch: snowplowFetch(collector) })
 */
export function snowplowFetch(collector: string, options: BridgeOptions = {}): typeof fetch {
  const address = /^https?:/.test(collector) ? collector : `https://${collector.replace(/^\/\//, '')}`
  return durableFetch('snowplow', { ...options, hosts: options.hosts ?? [new URL(address).origin] }, [ANONYMOUS])
}
