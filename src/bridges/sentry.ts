/**
 * Sentry's events over a relay.
 *
 * @packageDocumentation
 */

import { type BridgeOptions, handover, storable } from './handover'

export type { BridgeOptions } from './handover'

/** What Sentry makes a transport of: the parts that are used here. */
export interface SentryOptions {
  url: string
  headers?: Record<string, string>
}

/** An envelope of Sentry's: its header and its items. */
export type SentryEnvelope = [header: object, items: unknown]

/** A transport of Sentry's. */
export interface SentryTransport {
  send(envelope: SentryEnvelope): PromiseLike<object>
  flush(timeout?: number): PromiseLike<boolean>
}

/** `Sentry.makeFetchTransport`, whose second argument is the `fetch` that it uses. */
export type MakeTransport<Options, Transport> = (options: Options, fetch?: typeof globalThis.fetch) => Transport

/**
 * Wraps `Sentry.makeFetchTransport`, as `Sentry.makeBrowserOfflineTransport` does. Envelopes are on disk a moment after they are
 * sent, and count as sent then. What the relay has no place for is sent by Sentry itself. The origin is that of the DSN, or
 * of the `tunnel`.
 *
 * The time of sending is left out of the envelopes: Sentry would take the time that they waited for a wrong clock.
 *
 * @example
 * Sentry.init({ dsn, transport: sentryTransport(Sentry.makeFetchTransport) })
 */
export function sentryTransport<Options, Transport>(
  make: MakeTransport<Options, Transport>,
  options: BridgeOptions = {},
): (options: Options) => Transport {
  return (given) => {
    if (!globalThis.window) return make(given)
    const { url, headers = {} } = given as SentryOptions
    const give = handover('sentry', {
      hosts: [new URL(url, location.href).origin],
      ...options,
      storedHeaders: storable(Object.keys(headers), options),
    })
    const own = make(given, async (input, init) => (await give(input, init)) ?? fetch(input, init)) as SentryTransport
    const send: SentryTransport['send'] = ([header, items]) => own.send([{ ...header, sent_at: undefined }, items])
    return { ...own, send } as Transport
  }
}
