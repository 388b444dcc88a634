/**
 * Sentry's events over a relay.
 *
 * @packageDocumentation
 */

import { addressOf, type BridgeOptions, setUp, toRelay } from './to-relay'

export type { BridgeOptions } from './to-relay'

/** What Sentry makes a transport of: the parts that are used here. */
export interface SentryOptions {
  /** The address of Sentry's endpoint, by the DSN or the `tunnel`. */
  url: string
  /** Headers of each request. Default none. */
  headers?: Record<string, string>
  /** What `fetch` is given besides: headers in it take the place of `headers`. */
  fetchOptions?: RequestInit
}

/** An envelope of Sentry's: its header and its items. */
export type SentryEnvelope = [header: object, items: unknown]

/** A transport of Sentry's. */
export interface SentryTransport {
  /**
   * Sends an envelope. Resolves once it is on disk, or as Sentry's own transport does for what the relay has no place
   * for.
   */
  send(envelope: SentryEnvelope): PromiseLike<object>
  /**
   * Sentry's own: waits, for at most `timeout` ms, for what is handed over now, and resolves with whether all of it
   * was.
   */
  flush(timeout?: number): PromiseLike<boolean>
}

/** `Sentry.makeFetchTransport`, whose second argument is the `fetch` that it uses. */
export type MakeTransport<Options, Transport> = (options: Options, fetch?: typeof globalThis.fetch) => Transport

/**
 * How many envelopes may be on their way to the disk at once, in place of Sentry's 64, beyond which it drops them. A
 * first page has no host yet, and the relay has a bound of its own.
 */
const BUFFER_SIZE = 10_000

/**
 * Wraps `Sentry.makeFetchTransport`, as `Sentry.makeBrowserOfflineTransport` does. Envelopes are on disk a moment after
 * they are sent, and count as sent then. What the relay has no place for is sent by Sentry itself. The origin is that
 * of the DSN, or of the `tunnel`.
 *
 * The time of sending is left out of the envelopes: Sentry's server takes the time from there to the arrival for an
 * error of the device's clock, and it is the time that the envelopes have waited.
 *
 * @param make `Sentry.makeFetchTransport`
 * @returns what Sentry makes a transport with. On a server that is Sentry's own
 * @example
 * Sentry.init({ dsn, transport: sentryTransport(Sentry.makeFetchTransport) })
 */
export function sentryTransport<Options, Transport>(
  make: MakeTransport<Options, Transport>,
  options: BridgeOptions = {},
): (options: Options) => Transport {
  return (given) => {
    if (!globalThis.window) return make(given)
    const { url, headers, fetchOptions } = given as SentryOptions
    const names = new Headers(fetchOptions?.headers ?? headers).keys()
    const give = toRelay('sentry', setUp('sentry', options, [addressOf(url).origin], names))
    const roomy = { bufferSize: BUFFER_SIZE, ...given }
    const own = make(roomy, async (input, init) => (await give(input, init)) ?? fetch(input, init)) as SentryTransport
    const send: SentryTransport['send'] = ([header, items]) => own.send([{ ...header, sent_at: undefined }, items])
    return { ...own, send } as Transport
  }
}
