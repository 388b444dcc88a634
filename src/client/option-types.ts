/** The public types of the options that every runtime has. */

import type { HeadersSource } from '../core/config/ask-headers'
import type { TransportSettings } from '../core/config/settings'
import type { BeforeSend } from '../core/event/before-send'
import type { CaptureMode } from '../core/event/event'
import type { OutlastEvents } from './event-types'

/**
 * Where the client's messages go. What a logger throws is ignored, and what it logs in a call of its own is not logged
 * again.
 */
export interface Logger {
  /**
   * Gets each warning: a sentence that says what to do, which begins with `[outlast]` and has at most 1,000 characters.
   *
   * @example
   * init('phc_key', { logger: { warn: (message) => myLog.warn(message) } })
   */
  warn(message: string): void
  /**
   * Gets the messages of the option `debug`, in the same form. Without this method they are not written.
   *
   * @example
   * init('phc_key', { debug: true, logger: { warn: myLog.warn, debug: myLog.debug } })
   */
  debug?(message: string): void
}

/** Each may be absent or `undefined`, also under TypeScript's `exactOptionalPropertyTypes`. */
type Optional<T> = { [Name in keyof T]?: T[Name] | undefined }

/**
 * Options of `init` that every runtime has. An unusable value becomes the default, with a warning, unless the option
 * says otherwise.
 */
export interface CommonOptions extends Optional<Omit<TransportSettings, 'requestHeaders'>> {
  /**
   * Headers that each request carries, for a first-party proxy. Across origins `host` must allow them (CORS). A header
   * that is not valid is left out, with a warning. Default none.
   *
   * A function is asked before each request and has 5 s to give them, at once or as a promise. After an error, no
   * answer or anything but valid headers, at least one, there is no request: the events are sent later, and `retry`
   * says why. A function cannot be stored, so a page that has one does the worker's work, no beacon is sent, and what
   * is left when the last page closes waits for the next visit. A worker of your own may have the function instead:
   * `install({ requestHeaders })`, and `worker: { requestHeaders: true }` here.
   *
   * @example
   * init('phc_key', { host: '/ingest', requestHeaders: { 'X-Site': 'shop' } })
   * init('phc_key', { requestHeaders: async () => ({ Authorization: `Bearer ${await freshToken()}` }) })
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
   * The ingestion protocol of new events. Queued events go out in the protocol they were made for. `'json'` posts plain
   * events to an endpoint of your own (docs/own-endpoint.md), where `host` has to be named and the API key names the
   * queue alone: it is not sent. All that is queued for that host then goes to the endpoint, and there are no feature
   * flags. Default `'v0'`.
   *
   * @example
   * init('shop', { captureMode: 'json', host: 'https://collect.example.com', endpoint: '/events' })
   */
  captureMode?: CaptureMode | undefined
  /**
   * Of `captureMode: 'json'`: the path of `host` to which events are posted. It begins with a slash and has at most 500
   * characters of ASCII, with a query if need be. With anything else, and in another mode, nothing is sent and events
   * wait, which a warning says. Default `'/events'`.
   *
   * @example
   * init('shop', { captureMode: 'json', host: 'https://collect.example.com', endpoint: '/collect?site=shop' })
   */
  endpoint?: string | undefined
  /**
   * Of `captureMode: 'json'`: `'json'` posts `{ sentAt, batch: [event, …] }`, `'ndjson'` a line for each event, with
   * its `sentAt`. Without `captureMode: 'json'` it has no effect. Default `'json'`, also (with a warning) for any other
   * value.
   *
   * @example
   * init('shop', { captureMode: 'json', host: 'https://collect.example.com', bodyFormat: 'ndjson' })
   */
  bodyFormat?: 'json' | 'ndjson' | undefined
  /**
   * Adds `$geoip_disable: true` to every event, so that PostHog's server does not look up the place of the device's
   * address. Default `false`, also (without a warning) for any value but `true`.
   *
   * @example
   * init('phc_key', { disableGeoip: true })
   */
  disableGeoip?: boolean | undefined
  /**
   * Sends all events on the historical lane, which the server ingests apart. Default `false`, also (without a warning)
   * for any value but `true`.
   *
   * @example
   * init('phc_key', { historicalMigration: true })
   */
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
   * What is left out of the addresses in events: `$current_url`, `$referrer`, links, and each property that is named
   * like an address, on every level, whether the library or the site has set it. It is left out after `beforeSend` in
   * the page, whose hooks see the whole address. Where the option cannot be used, addresses go without query and hash,
   * with a warning. Default none.
   *
   * @example
   * init('phc_key', { mask: { queryParams: ['secrets', 'email'], hash: true } })
   * init('phc_key', { mask: 'secrets, email, #' }) // the same: names, and # for the hash
   */
  mask?: Mask | string | undefined
  /**
   * How long in ms `shutdown()` may take if it is given no `timeout`. In Node it is also how long a process that has
   * nothing left to do goes on to deliver. Default 30,000, also (with a warning) for an unusable value; 0 to one day.
   *
   * @example
   * init('phc_key', { shutdownTimeout: 5_000 })
   */
  shutdownTimeout?: number | undefined
  /**
   * How long in ms one request for feature flags may take. Default 3,000, also (with a warning) for an unusable value;
   * 1 to one day.
   *
   * @example
   * init('phc_key', { featureFlagsRequestTimeout: 1_000 })
   */
  featureFlagsRequestTimeout?: number | undefined
  /**
   * The most retries of a request for feature flags, after no answer, 502 or 504. The first one is made after 300 ms,
   * each further one after twice the pause. Default 1, also (with a warning) for an unusable value; 0 to 10.
   *
   * @example
   * init('phc_key', { featureFlagsRequestMaxRetries: 3 })
   */
  featureFlagsRequestMaxRetries?: number | undefined
  /**
   * Called whenever events are dropped, as a listener of `drop` is. An error that it throws is warned of. Default none,
   * also (without a warning) for what is no function.
   *
   * @example
   * init('phc_key', { onError: ({ reason, count, detail }) => console.error(reason, count, detail) })
   */
  onError?: ((drop: OutlastEvents['drop']) => void) | undefined
  /**
   * Where warnings and debug messages go. Default `console`, also (without a warning) for an object without a method
   * `warn`.
   *
   * @example
   * init('phc_key', { logger: { warn: (message) => myLog.warn(message) } })
   */
  logger?: Logger | undefined
  /**
   * Logs what happens to each event, by the `debug` of `logger`. Default `false`, also (without a warning) for any
   * value but `true`.
   *
   * @example
   * init('phc_key', { debug: location.hostname === 'localhost' })
   */
  debug?: boolean | undefined
  /**
   * The clock that stamps events, in ms since the epoch. All else (ages, pauses, sessions) goes by the device's own
   * clock. Where it throws or gives no valid time, the device's clock is used. Default `Date.now`, also (with a
   * warning) for an object without a method `now`.
   *
   * @example
   * init('phc_key', { clock: { now: () => Date.now() + serverAheadByMs } })
   */
  clock?:
    | {
        /**
         * Gives the time in ms since the epoch, from 0 to the end of the year 9999.
         *
         * @example
         * init('phc_key', { clock: { now: () => performance.timeOrigin + performance.now() } })
         */
        now(): number
      }
    | undefined
}

/** What is left out of the addresses in events. */
export interface Mask {
  /**
   * Names of query parameters, in any case, whose values become `<masked>`; in the hash too. `'secrets'`, alone or in
   * the list, stands for all that well-known names of secrets say: `token`, `access_token`, `code`, `password`,
   * `api_key` and so on. Default none.
   *
   * @example
   * init('phc_key', { mask: { queryParams: ['secrets', 'email'] } })
   */
  queryParams?: 'secrets' | readonly string[] | undefined
  /**
   * Whether the hash is left out. Default `false`.
   *
   * @example
   * init('phc_key', { mask: { hash: true } })
   */
  hash?: boolean | undefined
}
