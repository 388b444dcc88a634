/** The public types of `outlast`. */

import type { Dropped, Stats } from '../core/base/accounting'
import type { Report } from '../core/base/reports'
import type { TransportSettings } from '../core/config/settings'
import type { Flushed } from '../core/delivery/flush'
import type { BeforeSend } from '../core/event/before-send'
import type { CaptureMode, Properties } from '../core/event/event'
import type { FlagValue } from './flags/flag-answer'

export interface Logger {
  warn(message: string): void
  debug?(message: string): void
}

/** Where the queue lives and where it is kept. */
export interface Ready {
  /** `worker`: a service worker; `page`: this page; `memory`: this page, and nothing outlives it. */
  host: 'worker' | 'page' | 'memory'
  storage: 'indexeddb' | 'memory'
}

/** What the listeners of `on` are given. Times are ms since the epoch. */
export interface OutlastEvents {
  /** Committed to the queue. */
  queued: Omit<Extract<Report, { type: 'queued' }>, 'type'>
  /** In a request. */
  sending: Omit<Extract<Report, { type: 'sending' }>, 'type'>
  delivered: Omit<Extract<Report, { type: 'delivered' }>, 'type'>
  retry: Omit<Extract<Report, { type: 'retry' }>, 'type'>
  drop: Omit<Extract<Report, { type: 'drop' }>, 'type'>
  /** The queue had to move to a lesser host, or (`to` is `from`) was deleted under this page and is a new one. */
  degraded: { from: Ready['host']; to: Ready['host']; reason: string }
  /**
   * In a page: a newer worker is installed at `url` and waits until the active one of `scope` has ended. The ready-made
   * worker then takes over by itself; one of your own may have to be told.
   *
   * @example
   * outlast.on('update', async ({ scope }) => {
   *   const registration = await navigator.serviceWorker.getRegistration(scope)
   *   registration?.waiting?.postMessage('take over') // the worker calls skipWaiting() for this
   * })
   */
  update: { url: string; scope: string }
}

/** Options of `init` that every runtime has. */
export interface CommonOptions extends Partial<TransportSettings> {
  /** Default `https://us.i.posthog.com`. A first-party proxy may have a path. */
  host?: string
  /** Which ingestion protocol new events are made for. Default `'v0'`. */
  captureMode?: CaptureMode
  /** Adds `$geoip_disable: true` to every event. Default false. */
  disableGeoip?: boolean
  /** Sends everything on the historical lane, which the server ingests apart. Default false. */
  historicalMigration?: boolean
  /** One hook or a chain that may change or drop (return null) each event before it is queued. Fail closed. */
  beforeSend?: BeforeSend | BeforeSend[]
  /** ms for one request for feature flags. Default 3000. */
  featureFlagsRequestTimeout?: number
  /** Retries of such a request, after no answer, 502 or 504. Default 1; 0 for none. */
  featureFlagsRequestMaxRetries?: number
  /** Told of every event that is given up after it was captured. */
  onError?: (drop: OutlastEvents['drop']) => void
  /** Default `console`. */
  logger?: Logger
  /** Logs what happens to each event. Default false. */
  debug?: boolean
  /** What events are stamped by. The queue, retries and sessions go by the device's own clock. Default `Date.now`. */
  clock?: { now(): number }
}

export interface CaptureOptions {
  /** When it happened: a `Date` or an ISO 8601 string. Its instant is kept and goes out in UTC. Default now. */
  timestamp?: Date | string
  /** The event's id, which the server tells duplicates by. Default a new UUIDv7. */
  uuid?: string
  /** Whose event it is, for this event alone. */
  distinctId?: string
  /** Group type to group key, sent as `$groups`. */
  groups?: Record<string, string>
}

export interface BatchEvent extends CaptureOptions {
  event: string
  properties?: Properties
}

/** Whose flags, and by what they are evaluated. Whatever is given is asked of the server, past what is known. */
export interface FlagOptions {
  /** Default: the person of the page. */
  distinctId?: string
  /** Group type to group key. Default: the person's groups. */
  groups?: Record<string, string>
  personProperties?: Properties
  /** Group type to that group's properties. */
  groupProperties?: Record<string, Properties>
  /** Default: the client's `disableGeoip`. */
  disableGeoip?: boolean
  /** Asks the server in any case. Default false. */
  forceRemote?: boolean
  /** Whether reading a value captures `$feature_flag_called`. Default true. */
  sendEvent?: boolean
}

export interface ShutdownResult {
  delivered: number
  /** Left in the durable queue, for the worker or the next visit. */
  kept: number
  dropped: number
}

/** What `init` returns in every runtime. */
export interface CommonClient {
  /** Takes an event. Synchronous; never throws, waits or blocks. */
  capture(event: string, properties?: Properties, options?: CaptureOptions): void
  /** Takes several. When the queue is full on the way, the head is kept and the tail dropped. */
  captureBatch(events: BatchEvent[], options?: { historicalMigration?: boolean }): void
  /**
   * Takes an event that was assembled elsewhere: it goes out with what is in it, and nothing is added. It needs a
   * `distinctId` of its own; `beforeSend` sees it too.
   */
  enqueue(event: BatchEvent & { distinctId: string }): void
  /** Takes an event of PostHog's AI products: the same queue and promises, an endpoint of its own. */
  captureAi(event: string, properties?: Properties, options?: CaptureOptions): void
  /** A flag's value: its variant, or whether it is on; `undefined` where it is not known. Never rejects. */
  getFeatureFlag(key: string, options?: FlagOptions): Promise<FlagValue | undefined>
  /** Whether the flag is on, in any variant; `undefined` where it is not known. Never rejects. */
  isFeatureEnabled(key: string, options?: FlagOptions): Promise<boolean | undefined>
  /** The payload of the flag's value, parsed. Captures no `$feature_flag_called`. Never rejects. */
  getFeatureFlagPayload(key: string, options?: FlagOptions): Promise<unknown>
  /** The values of all flags. Never rejects. */
  getFeatureFlags(options?: FlagOptions): Promise<Record<string, FlagValue>>
  /** Asks the server for the flags anew. A failure keeps those that are known. Never rejects. */
  reloadFeatureFlags(): Promise<void>
  /** Called with the flags that are known, if any, and whenever they were loaded. Returns the function that ends it. */
  onFeatureFlags(listener: (flags: Record<string, FlagValue>) => void): () => void
  /**
   * One delivery attempt for all that was accepted before the call and is still pending. Always resolves; `pending`
   * are those whose attempt failed and will be repeated.
   */
  flush(): Promise<Flushed>
  /** Events accepted and not yet delivered or dropped, whichever page they came from. */
  pending(): Promise<number>
  /** Counts since the queue was made: `accepted = delivered + dropped + pending`. They survive restarts. */
  stats(): Promise<Stats>
  /**
   * Closes the client: what is captured later is dropped, with reason `shutdown`. Delivers what it can within `timeout` ms (default
   * `shutdownTimeout`) and always resolves. Every caller gets the result of the one drain.
   */
  shutdown(timeout?: number): Promise<ShutdownResult>
  /** Listens to what happens to events of this queue. Returns the function that ends it. */
  on<Name extends keyof OutlastEvents>(name: Name, listener: (detail: OutlastEvents[Name]) => void): () => void
  /** Settles once the queue has a host. */
  readonly ready: Promise<Ready>
}

export type { BeforeSend, CaptureMode, Dropped, FlagValue, Flushed, Properties, Stats }
