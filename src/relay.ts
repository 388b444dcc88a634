/**
 * A durable `fetch`: a request is on disk when its promise resolves, and is delivered by the worker, with no page open.
 *
 * @packageDocumentation
 */

import { createRelay } from './page/relay/relay'
import type { Relay, RelayOptions } from './page/relay/types'

/**
 * Makes a relay: a function that takes the arguments of `fetch`, keeps the request until its host has taken it, and sends it
 * again as long as the host cannot. An unusable option becomes its default, with a warning; a host that is no origin is left out, with
 * a warning. Without options it throws.
 *
 * @example
 * const send = relay({ hosts: ['https://ingest.example.com'] })
 * const answer = await send('https://ingest.example.com/collect', { method: 'POST', body: JSON.stringify(reading) })
 * if (answer.status !== 202) console.warn(answer.statusText, await answer.text())
 */
export function relay(options: RelayOptions): Relay {
  return createRelay(options)
}

export type { Dropped, Flushed, ShutdownResult, Stats } from './client/types'
export type { DropReason } from './core/base/reports'
export type { RelayHeadersSource } from './core/config/ask-headers'
export type { Relay, RelayEvents, RelayedRequest, RelayOptions } from './page/relay/types'
