/**
 * A durable `fetch`: a request is on disk when its promise resolves, and is delivered by the worker, with no page open.
 *
 * @packageDocumentation
 */

export type { Dropped, Flushed, ShutdownResult, Stats } from './client/types'
export type { DropReason } from './core/base/reports'
export type { RelayHeadersSource } from './core/config/ask-headers'
export { relay } from './page/relay/relay'
export type { Relay, RelayEvents, RelayedRequest, RelayOptions } from './page/relay/types'
