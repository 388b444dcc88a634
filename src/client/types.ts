/** The public types of `outlast`. */

import type { Dropped, Stats } from '../core/base/accounting'
import type { HeadersSource } from '../core/config/ask-headers'
import type { TransportSettings } from '../core/config/settings'
import type { Flushed } from '../core/delivery/flush'
import type { BeforeSend } from '../core/event/before-send'
import type { CaptureMode, Properties, PropertyBag } from '../core/event/event'
import type { OutlastEvents, Ready } from './event-types'
import type { FlagOptions, FlagResult } from './flag-types'
import type { FlagValue } from './flags/flag-answer'

/** Where the client's messages go. A logger that throws does no harm. */
export interface Logger {
  /** Gets each warning: a sentence that says what to do. */
  warn(message: string): void
  /** Gets the messages of the option `debug`. */
  debug?(message: string): void
}

/** Each may be absent or `undefined`, also under TypeScript's `exactOptionalPropertyTypes`. */
type Optional<T> = { [Name in keyof T]?: T[Name] | undefined }

/** Options of `init` that every runtime has. An unusable value becomes the default, with a warning. */
export interface CommonOptions extends Optional<Omit<TransportSettings, 'requestHeaders'>> {
  /**
   * Headers that each request carries, for a first-party proxy. Across origins `host` must allow them (CORS). A header
   * that is not valid is left out, with a warning. Default none.
   *
   * A function is asked before each request and has 5 s to give them, at once or as a promise. After an error, no answer
   * or anything but valid headers, at least one, there is no request: the events are sent later, and `retry` says why. A
   * function cannot be stored, so a page that has one does the worker's work, no beacon is sent, and what is left when the
   * last page closes waits for the next visit. A worker of your own may have the function instead: `install({
   * requestHeaders })`, and `worker: { requestHeaders: true }` here.
   *
   * @example
   * init('phc_key', { host: '/ingest', requestHeaders: { 'X-Site': 'shop' } })
   * init('phc_key', { host: '/ingest', requestHeaders: async () => ({ Authorization: `Bearer ${await freshToken()}` }) })
   */
  requestHeaders?: Record<string, string> | HeadersSource | undefined
  /**
   * The server to send to: an http(s) URL without user name and password, of at most 2,000 characters, whose path is
   * kept; a name without a scheme, which gets `https://`; or, in a page, a path of its own origin, as that of a
   * first-party proxy (`/ingest`). With anything else nothing is captured, which a warning and each `drop` say. Default
   * `https://us.i.posthog.com`.
   *
   * @example
   * init('phc_key', { host: 'https://eu.i.posthog.com' })
   */
  host?: string | undefined
  /**
   * The ingestion protocol of new events. Queued events go out in the protocol they were made for. `'json'` posts plain events
   * to an endpoint of your own (docs/own-endpoint.md), where `host` has to be named and the API key names the queue alone: it
   * is not sent. All that is queued for that host then goes to the endpoint, and there are no feature flags. Default `'v0'`.
   *
   * @example
   * init('shop', { captureMode: 'json', host: 'https://collect.example.com', endpoint: '/events' })
   */
  captureMode?: CaptureMode | undefined
  /**
   * Of `captureMode: 'json'`: the path of `host` to which events are posted. It begins with a slash and has at most 500
   * characters of ASCII, with a query if need be. With anything else, and in another mode, nothing is sent and events wait, which a
   * warning says. Default `'/events'`.
   */
  endpoint?: string | undefined
  /**
   * Of `captureMode: 'json'`: `'json'` posts `{ sentAt, batch: [event, …] }`, `'ndjson'` a line for each event, with its
   * `sentAt`. Default `'json'`.
   *
   * @example
   * init('shop', { captureMode: 'json', host: 'https://collect.example.com', bodyFormat: 'ndjson' })
   */
  bodyFormat?: 'json' | 'ndjson' | undefined
  /** Adds `$geoip_disable: true` to every event. Default `false`. */
  disableGeoip?: boolean | undefined
  /** Sends all events on the historical lane, which the server ingests apart. Default `false`. */
  historicalMigration?: boolean | undefined
  /**
   * One hook or a chain, each of which may change an event or drop it (return null) before it is queued. Fail closed:
   * an error, a promise, or a hook that is no function drops the event. Default none.
   *
   * @example
   * init('phc_key', { beforeSend: (event) => (event.event === 'internal' ? null : event) })
   */
  beforeSend?: BeforeSend | BeforeSend[] | undefined
  /**
   * What is left out of the addresses in events: `$current_url`, `$referrer`, links, and whatever else is called like an
   * address, on whichever level and whoever put it there. It is left out after `beforeSend` in the page, whose hooks see
   * the whole. Where this cannot be used, addresses go without query and hash, with a warning. Default none.
   *
   * @example
   * init('phc_key', { mask: { queryParams: ['secrets', 'email'], hash: true } })
   * init('phc_key', { mask: 'secrets, email, #' }) // the same: names, and # for the hash
   */
  mask?: Mask | string | undefined
  /** How long in ms `shutdown()` may take if it is given no `timeout`. Default 30,000; 0 to one day. */
  shutdownTimeout?: number | undefined
  /** How long in ms one request for feature flags may take. Default 3,000; 1 to one day. */
  featureFlagsRequestTimeout?: number | undefined
  /** The most retries of a request for feature flags, after no answer, 502 or 504. Default 1; 0 to 10. */
  featureFlagsRequestMaxRetries?: number | undefined
  /**
   * Called whenever events are dropped, as a listener of `drop` is. Default none.
   *
   * @example
   * init('phc_key', { onError: ({ reason, count, detail }) => console.error(reason, count, detail) })
   */
  onError?: ((drop: OutlastEvents['drop']) => void) | undefined
  /**
   * Where warnings and debug messages go. Default `console`.
   *
   * @example
   * init('phc_key', { logger: { warn: (message) => myLog.warn(message) } })
   */
  logger?: Logger | undefined
  /** Logs what happens to each event. Default `false`. */
  debug?: boolean | undefined
  /**
   * The clock that stamps events, in ms since the epoch. All else (ages, pauses, sessions) goes by the device's own
   * clock. Where it throws or gives no valid time, the device's clock is used. Default `Date.now`.
   *
   * @example
   * init('phc_key', { clock: { now: () => Date.now() + serverAheadByMs } })
   */
  clock?: { now(): number } | undefined
}

/** What is left out of the addresses in events. */
export interface Mask {
  /**
   * Names of query parameters, in any case, whose values become `<masked>`; in the hash too. `'secrets'`, alone or in the
   * list, stands for all that well-known names of secrets say: `token`, `access_token`, `code`, `password`, `api_key` and so
   * on. Default none.
   */
  queryParams?: 'secrets' | readonly string[] | undefined
  /** Whether the hash is left out. Default `false`. */
  hash?: boolean | undefined
}

/** Options of one event. An unusable `timestamp` or `uuid` becomes the default, with a warning. */
export interface CaptureOptions {
  /** When the event happened: a `Date` or an ISO 8601 string, which goes out in UTC. Default now. */
  timestamp?: Date | string | undefined
  /** The event's id, a UUID, by which the server recognises duplicates. Default a new UUIDv7. */
  uuid?: string | undefined
  /**
   * The person whose event it is, for this event alone: a non-empty string, or else the event is dropped as `invalid`.
   * What is no one's id, such as `'undefined'`, `'null'` or `'system'`, goes out without a person profile, with a warning.
   * Default the person of the page; in Node a random id, without person processing.
   */
  distinctId?: string | undefined
  /** Group type to group key, sent as `$groups`, for this event alone. They come on top of the person's groups. */
  groups?: Record<string, string> | undefined
}

/** An event of `captureBatch` or `enqueue`. */
export interface BatchEvent extends CaptureOptions {
  /** The event's name, a non-empty string. */
  event: string
  /** The event's properties. Default none. */
  properties?: PropertyBag | undefined
}

/** What became of the events that were pending when `shutdown` was called. */
export interface ShutdownResult {
  /** Events that the server has confirmed. */
  delivered: number
  /** Events that stay in the durable queue, for the worker or the next visit. */
  kept: number
  /** Events that were given up. */
  dropped: number
}

/** The methods that the client of every runtime has. None of them throws or rejects. */
export interface CommonClient {
  /**
   * Captures an event. Returns at once: nothing waits for storage or network. An event that cannot be taken is dropped
   * with a reason, which `on('drop')` gives: `invalid`, `before_send`, `too_large`, `queue_full` or `shutdown`. While
   * the person is opted out, nothing is captured.
   *
   * @param event the event's name, a non-empty string
   * @param properties the event's properties. What JSON has no form for gets one (a BigInt its digits, a cycle `[Circular]`), and
   * what throws when it is read is left out, with a warning.
   * @example
   * outlast.capture('checkout', { total: 42 }, { timestamp: new Date(), groups: { company: 'acme' } })
   */
  capture(event: string, properties?: PropertyBag, options?: CaptureOptions): void
  /**
   * Captures several events, each as `capture` does. If the queue becomes full, the first ones are kept and the others
   * dropped. `historicalMigration` sends them on the historical lane; default `false`.
   *
   * @example
   * outlast.captureBatch([{ event: 'opened', timestamp: '2020-01-31T12:00:00Z' }], { historicalMigration: true })
   */
  captureBatch(events: BatchEvent[], options?: { historicalMigration?: boolean | undefined }): void
  /**
   * Captures an event that was assembled elsewhere: no properties are added to it. Without a `distinctId` it is dropped
   * as `invalid`. It passes `beforeSend`.
   *
   * @example
   * outlast.enqueue({ event: 'signup', distinctId: 'user-42', uuid, timestamp, properties })
   */
  enqueue(event: BatchEvent & { distinctId: string }): void
  /**
   * Captures an event of PostHog's AI products, as `capture` does. It goes to an endpoint of its own.
   *
   * @example
   * outlast.captureAi('$ai_generation', { $ai_model: 'gpt', $ai_input_tokens: 12 })
   */
  captureAi(event: string, properties?: PropertyBag, options?: CaptureOptions): void
  /**
   * Gives a flag's value: its variant, or whether it is on; `undefined` where it is not known, because there is no such
   * flag, the request failed, the person is opted out or the client is shut down. Captures `$feature_flag_called` once
   * for each value.
   *
   * @example
   * if ((await outlast.getFeatureFlag('new-checkout')) === 'variant-b') showVariantB()
   */
  getFeatureFlag(key: string, options?: FlagOptions): Promise<FlagValue | undefined>
  /**
   * Whether a flag is on, in any variant; where that is not known, as for `getFeatureFlag`, `defaultValue`, which is
   * `undefined` by default. Captures `$feature_flag_called` as `getFeatureFlag` does.
   *
   * @example
   * if (await outlast.isFeatureEnabled('new-checkout', { defaultValue: false })) showNewCheckout()
   */
  isFeatureEnabled(key: string, options: FlagOptions & { defaultValue: boolean }): Promise<boolean>
  isFeatureEnabled(
    key: string,
    options?: FlagOptions & { defaultValue?: boolean | undefined },
  ): Promise<boolean | undefined>
  /**
   * Gives value and payload of a flag at once; `undefined` where `getFeatureFlag` gives that. Captures `$feature_flag_called` as
   * `getFeatureFlag` does.
   *
   * @example
   * const { enabled, variant, payload } = (await outlast.getFeatureFlagResult('new-checkout')) ?? {}
   */
  getFeatureFlagResult(key: string, options?: FlagOptions): Promise<FlagResult | undefined>
  /**
   * Gives the parsed payload of a flag's value; `undefined` where it has none, or the flag is not known. Captures no
   * `$feature_flag_called`.
   *
   * @example
   * const settings = await outlast.getFeatureFlagPayload('new-checkout')
   */
  getFeatureFlagPayload(key: string, options?: FlagOptions): Promise<unknown>
  /**
   * Gives the values of all flags by name; `{}` where they are not known. Captures no `$feature_flag_called`.
   *
   * @example
   * const flags = await outlast.getFeatureFlags() // { 'new-checkout': 'variant-b', beta: false }
   */
  getFeatureFlags(options?: FlagOptions): Promise<Record<string, FlagValue>>
  /**
   * As `getFeatureFlags`, with the parsed payloads of those flags that have one.
   *
   * @example
   * const { flags, payloads } = await outlast.getFeatureFlagsAndPayloads()
   */
  getFeatureFlagsAndPayloads(
    options?: FlagOptions,
  ): Promise<{ flags: Record<string, FlagValue>; payloads: Record<string, unknown> }>
  /**
   * Asks the server for the flags again, at once. After a failure the known values stay, with a warning. More than 10 calls in
   * 10 s do nothing, with a warning.
   *
   * @example
   * await outlast.reloadFeatureFlags()
   */
  reloadFeatureFlags(): Promise<void>
  /**
   * Calls the listener with the known flags, if there are any, whenever flags have been loaded, and with none once
   * nothing is known of a new person, after a `reset`, say, or once the server has given none. Returns a function that removes the listener. In a page, a listener is a question about flags.
   *
   * @example
   * const off = outlast.onFeatureFlags((flags) => render(flags['new-checkout']))
   */
  onFeatureFlags(listener: (flags: Record<string, FlagValue>) => void): () => void
  /**
   * Makes one attempt to deliver each event that is pending now, from every page of the queue. Resolves once all of
   * them had their attempt; after `shutdown`, at once.
   *
   * @example
   * const { delivered, pending, dropped } = await outlast.flush()
   */
  flush(): Promise<Flushed>
  /**
   * Gives the number of events, of all pages of the queue, that are neither delivered nor dropped yet.
   *
   * @example
   * if ((await outlast.pending()) > 0) showUnsentMark()
   */
  pending(): Promise<number>
  /**
   * Gives the queue's counts of events, of all its pages. In a durable queue they survive restarts.
   *
   * @example
   * const { accepted, delivered, pending, dropped } = await outlast.stats()
   */
  stats(): Promise<Stats>
  /**
   * Closes the client, with one more attempt for all that is pending, of at most `timeout`. Events that are captured later are dropped
   * as `shutdown`. All calls get the result of the first one.
   *
   * @param timeout in ms, 0 to one day. Default the option `shutdownTimeout`, also (with a warning) for an unusable
   * value.
   * @example
   * const { delivered, kept, dropped } = await outlast.shutdown(5_000)
   */
  shutdown(timeout?: number): Promise<ShutdownResult>
  /**
   * Listens to what happens to the queue's events, of all its pages. Returns a function that removes the listener. A
   * listener that throws is warned of.
   *
   * @example
   * const off = outlast.on('drop', ({ reason, uuids, detail }) => console.warn(reason, uuids, detail))
   */
  on<Name extends keyof OutlastEvents>(name: Name, listener: (detail: OutlastEvents[Name]) => void): () => void
  /**
   * Resolves once the queue has a host, or with `memory` once it is clear that there can be none for now.
   *
   * @example
   * const { host, storage } = await outlast.ready // { host: 'worker', storage: 'indexeddb' }
   */
  readonly ready: Promise<Ready>
}

export type {
  BeforeSend,
  CaptureMode,
  Dropped,
  FlagOptions,
  FlagResult,
  FlagValue,
  Flushed,
  OutlastEvents,
  Properties,
  PropertyBag,
  Ready,
  Stats,
}
