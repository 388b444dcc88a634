/** The public types of `outlast/relay`. */

import type { Flushed, OutlastEvents, ShutdownResult, Stats } from '../../client/types'
import type { RelayHeadersSource } from '../../core/config/ask-headers'
import type { OutlastOptions } from '../types'

/** A request as the hooks of a relay see it. */
export interface RelayedRequest {
  /**
   * The method as `fetch` sends it: `post` becomes `POST`, while a method that `fetch` does not know, such as `patch`,
   * stays as it is.
   *
   * @example
   * relay({ hosts, dedupe: ({ method, url }) => (method === 'PUT' ? url : undefined) })
   */
  method: string
  /**
   * The absolute address, without its hash. What a hook returns has to be on one of the relay's hosts, or the request
   * is refused with 403 `host`.
   *
   * @example
   * relay({ hosts, beforeSend: (request) => ({ ...request, url: request.url.replace(/\?.*$/, '') }) })
   */
  url: string
  /**
   * The headers by names in lower case, with the `content-type` that `fetch` would add; at most 50.
   *
   * @example
   * relay({ hosts, dedupe: ({ headers }) => headers['idempotency-key'] })
   */
  headers: Record<string, string>
  /**
   * The text of the body, or the bytes where the caller gave no text. Absent where there is none.
   *
   * @example
   * relay({ hosts, beforeSend: (request) => (typeof request.body === 'string' ? request : null) })
   */
  body?: string | Uint8Array | undefined
}

/**
 * Options of `relay`. An unusable one becomes its default, with a warning, unless the option says otherwise. Those that
 * `init` has too are the same, for the requests of each host. Where `respectDnt` or `respectGpc` says so, requests are
 * refused as `opted_out`.
 */
export interface RelayOptions
  extends Pick<
    OutlastOptions,
    | 'debug'
    | 'logger'
    | 'maxQueueBytes'
    | 'maxQueueSize'
    | 'maxRetries'
    | 'onError'
    | 'persistence'
    | 'requestTimeout'
    | 'respectDnt'
    | 'respectGpc'
    | 'retryInitialBackoff'
    | 'retryMaxBackoff'
    | 'shutdownTimeout'
    | 'worker'
  > {
  /**
   * The origins that requests may go to, such as `'https://ingest.example.com'`; a path in one is ignored. A request to
   * any other is refused with 403 `host`. Each origin has a queue of its own, and a site's origin has at most 100
   * queues. One that is no origin is left out, with a warning. It has no default: with no origin at all each request is
   * refused.
   *
   * @example
   * const send = relay({ hosts: ['https://ingest.example.com', 'https://eu.ingest.example.com'] })
   */
  hosts: readonly string[]
  /**
   * Tells relays apart, where a site has several: in at most 190 letters, digits, `-`, `_` and `.`, of which any other
   * character takes up to twelve. Default none. Relays of one name and host, in all tabs, share a queue. A person's
   * refusal (`optOut`) holds for all relays of one name on this origin, to any host. Give a relay that is to go on
   * after another one's refusal another name. With a longer name each request is refused with 400 `invalid`.
   *
   * @example
   * relay({ hosts, name: 'crash-reports' })
   */
  name?: string | undefined
  /**
   * Headers that may be stored on the device until the request is delivered, besides `accept`, `accept-language`,
   * `content-type` and its like, and `idempotency-key`: their names, each with the longest time in ms, after which a
   * request with that header is dropped as `expired`. A request with any other header is refused with 400. Default
   * none; at most 50 names, each with more than 0 ms. A header without a usable name or time is not stored, with a
   * warning. A token is better asked for at each try: see `headers` and `worker.requestHeaders`.
   *
   * @example
   * relay({ hosts, storedHeaders: { 'x-api-key': 86_400_000 } })
   */
  storedHeaders?: Readonly<Record<string, number>> | undefined
  /**
   * The age in ms at which a request is dropped as `expired`. Default 604,800,000, 7 days, also (with a warning) for an
   * unusable value; 0 to 365 days.
   *
   * @example
   * relay({ hosts, maxAge: 86_400_000 })
   */
  maxAge?: number | undefined
  /**
   * The longest body in bytes. A longer body is refused with 413, and so is, whatever this option says, a request that
   * takes more than 20,000,000 characters as it is stored. `maxQueueBytes` bounds it too. Default 1,000,000, also (with
   * a warning) for an unusable value; at least 0, which lets requests without a body pass alone.
   *
   * @example
   * relay({ hosts, maxBodyBytes: 5_000_000 })
   */
  maxBodyBytes?: number | undefined
  /**
   * Compresses bodies that are texts and names the encoding in `Content-Encoding`, which the endpoint has to understand
   * and its CORS to allow. Where the browser cannot compress, bodies go as they are. Default `false`, also (with a
   * warning) for any other value.
   *
   * @example
   * relay({ hosts, compress: 'gzip' })
   */
  compress?: 'gzip' | 'deflate' | false | undefined
  /**
   * Gives a request a key, of at most 200 characters, since a longer one counts as none: of requests to one host with
   * one key, that wait and have not been tried yet, only the one that was handed over last is sent. The others are
   * dropped as `replaced`. `undefined` is no key. Must be synchronous; one that throws, or is no function, refuses the
   * request with 403 `before_send`. Default none.
   *
   * @example
   * relay({ hosts, dedupe: ({ method, url }) => (method === 'PUT' ? url : undefined) })
   */
  dedupe?: ((request: RelayedRequest) => string | undefined) | undefined
  /**
   * Returns the request, changed or not, or null to drop it as `before_send`, which is answered with 403. It is called
   * before the request is stored, and must be synchronous: a hook that throws, or returns anything else, drops the
   * request too. Default none.
   *
   * @example
   * relay({ hosts, beforeSend: (request) => (request.url.includes('/internal/') ? null : request) })
   */
  beforeSend?: ((request: RelayedRequest) => RelayedRequest | null | undefined) | undefined
  /**
   * Whether an answer of this status means delivered. It is asked once for each status from 200 to 599, when the relay
   * is made, because the worker has no functions of a page, and has to return `true`: what returns a promise takes none
   * for delivered. A status from 200 to 299 that it denies is tried again. One that throws, or is no function, makes
   * `relay` throw. Default: from 200 to 299.
   *
   * @example
   * relay({ hosts, isDelivered: (status) => status < 300 || status === 409 })
   */
  isDelivered?: ((status: number) => boolean) | undefined
  /**
   * Is called before each try, with the origin that the request goes to, and gives headers, at once or as a promise, so
   * that no token is stored: then the page is the host, and sends while it is open. The worker of a site can do the
   * same with no page open: `install({ relayHeaders })`, and here `worker: { requestHeaders: true }`. After an error,
   * no answer within 5 s or anything but valid headers, at least one, the request is tried again later, and `retry`
   * says why. Default none.
   *
   * @example
   * relay({ hosts, headers: async () => ({ Authorization: `Bearer ${await freshToken()}` }) })
   */
  headers?: RelayHeadersSource | undefined
}

/** What a relay tells of its requests: those that all pages of the origin have handed over. */
export type RelayEvents = Pick<OutlastEvents, 'delivered' | 'drop' | 'retry'>

/** A durable `fetch`, and what became of the requests of all pages of the origin. */
export interface Relay {
  /**
   * Hands a request over, as `fetch` would send it. Resolves with 202 once it is on disk, with the header
   * `outlast-uuid`, which `on` names it by, and `outlast-storage`: `indexeddb`, or `memory` where the browser stores
   * nothing. A request that is refused has another status, its reason as status text and the details as body: 400
   * `invalid`, 403 `host`, `before_send`, `opted_out` or `replaced`, 413 `too_large`, 503 `shutdown`, 507 `queue_full`
   * or `storage_full`. Rejects as `fetch` does for what is no request, for `mode: 'no-cors'`, and if its `signal` has
   * been aborted already.
   *
   * @example
   * const answer = await send('https://ingest.example.com/collect', { method: 'POST', body: JSON.stringify(reading) })
   * if (answer.status !== 202) console.warn(answer.statusText, await answer.text())
   */
  (input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /**
   * Gives the counts of requests of all hosts; they survive restarts. What the page itself has refused (400, 403, 413,
   * 503) is counted nowhere. Never rejects.
   *
   * @example
   * const { accepted, delivered, pending, dropped } = await send.stats()
   */
  stats(): Promise<Stats>
  /**
   * Gives the number of requests, to all hosts, that are neither delivered nor dropped yet. Never rejects.
   *
   * @example
   * if ((await send.pending()) > 0) showUnsentMark()
   */
  pending(): Promise<number>
  /**
   * Makes one attempt to deliver what is pending. Resolves once each request had its attempt, or one before it failed;
   * after `shutdown`, at once. Never rejects.
   *
   * @example
   * const { delivered, pending, dropped } = await send.flush()
   */
  flush(): Promise<Flushed>
  /**
   * Listens to what becomes of requests. Returns a function that removes the listener. A listener that throws is warned
   * of.
   *
   * @example
   * const off = send.on('drop', ({ reason, uuids, detail }) => console.warn(reason, uuids, detail))
   */
  on<Name extends keyof RelayEvents>(name: Name, listener: (detail: RelayEvents[Name]) => void): () => void
  /**
   * Closes the relay, with one more attempt of at most `timeout`. Later requests are refused with 503 `shutdown`. In
   * this page it closes the other relays of that name and those hosts too. Never rejects.
   *
   * @param timeout in ms, 0 to one day. Default the option `shutdownTimeout`, also (with a warning) for an unusable
   * value.
   * @example
   * const { delivered, kept, dropped } = await send.shutdown(5_000)
   */
  shutdown(timeout?: number): Promise<ShutdownResult>
  /**
   * Records that the person agrees (again), so that requests are taken. The choice is kept, and holds in all tabs for
   * all relays of this name on the origin, to any host.
   *
   * @example
   * banner.onAccept = () => send.optIn()
   */
  optIn(): void
  /**
   * Records that the person refuses: later requests are refused with 403 `opted_out`. The choice is kept, and holds in
   * all tabs for all relays of this name on the origin, to any host. Requests that wait are still delivered, unless
   * `clear` is `true`: then they are dropped as `opted_out`. `clear` is `false` by default.
   *
   * @example
   * send.optOut({ clear: true })
   */
  optOut(options?: { clear?: boolean }): void
  /**
   * Whether requests are refused because the person has opted out, in this tab, in another one or on an earlier page.
   *
   * @example
   * checkbox.checked = !send.isOptOut()
   */
  isOptOut(): boolean
}
