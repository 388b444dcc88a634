/** The public types of the options that every runtime has. */

import type { HeadersSource } from '../core/config/ask-headers'
import type { TransportSettings } from '../core/config/settings'
import type { BeforeSend } from '../core/event/before-send'
import type { CaptureMode } from '../core/event/event'
import type { OutlastEvents } from './event-types'

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
   * What is left out of the addresses in events: `$current_url`, `$referrer`, links, and each property that is named like an
   * address, on every level, whether the library or the site has set it. It is left out after `beforeSend` in the page, whose
   * hooks see the whole address. Where the option cannot be used, addresses go without query and hash, with a warning. Default none.
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
