/** What all bridges do: hand a request to a relay, and say when an SDK has to send it in its own way. */

import { browserObjects } from '../page/browser-objects'
import type { Answer } from '../page/relay/relay'
import { type Relay, type RelayOptions, relay } from '../relay'

/** Options of a bridge: those of `relay`, of which `hosts` and `name` have defaults. */
export interface BridgeOptions extends Omit<RelayOptions, 'hosts'> {
  /**
   * The origins that the SDK sends to, such as `'https://ingest.example.com'`. One that is no origin is left out, with
   * a warning, and a request to any other goes out as without outlast. Default: those that the SDK is set up with.
   *
   * @example
   * sentryTransport(Sentry.makeFetchTransport, { hosts: ['https://errors.example.com'] })
   */
  hosts?: readonly string[] | undefined
}

/**
 * Gives a request to a relay. `undefined`: the relay has no place for it, or is not meant to have it, and the SDK sends
 * it in its own way. Where there is a `beforeSend`, what that has made of the request is sent here instead, and the
 * answer is the server's.
 */
export type ToRelay = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response | undefined>

/** The default of `maxAge`, in ms: what an SDK puts into headers is public, and may wait as long as the rest. */
const WEEK_MS = 604_800_000

/**
 * The relay's reasons for which a request would be worse off than without a relay. A person's refusal is none of them.
 */
const NO_PLACE = ['too_large', 'queue_full', 'storage_full', 'shutdown']

/** Reasons that a site can do something about. */
const NOT_SET_UP: Record<string, string> = {
  host: 'its origin is not in "hosts"',
  invalid: 'it has a header that is not in "storedHeaders"',
}

/**
 * The options of a bridge's relay: what the SDK is set up with, where the bridge's own options say nothing else.
 *
 * @param bridge as the relay's queue is named
 * @param headers the names of headers that the SDK sends
 */
export function setUp(
  bridge: string,
  options: BridgeOptions,
  hosts: readonly string[],
  headers: Iterable<string> = [],
): RelayOptions {
  return {
    ...options,
    name: options.name ?? bridge,
    hosts: options.hosts ?? hosts,
    storedHeaders: storable(headers, options),
  }
}

/** The address, of which a page may give the path alone, as `fetch` reads it. */
export const addressOf = (url: string): URL => new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href)

/**
 * Whether the person has refused, or the browser has for them. A relay heeds the browser's word once its late code has
 * loaded, which is too late for a request that a bridge sends itself.
 */
export const isRefused = (options: RelayOptions, send: Pick<Relay, 'isOptOut'>): boolean =>
  send.isOptOut() || browserObjects(options)

/** What a relay answers of a refusal. */
export const refused = (statusText: string) => new Response(null, { status: 403, statusText })

/**
 * @param bridge as the console names it
 * @param alone sends what a `beforeSend` has returned and the relay has no place for
 */
export function toRelay(
  bridge: string,
  options: RelayOptions,
  send = relay(options),
  alone: typeof fetch = byFetch,
): ToRelay {
  const told = new Set<string>()
  return async (input, init) => {
    const answer: Answer = await send(input, init)
    const reason = answer.statusText
    const remedy = NOT_SET_UP[reason]
    if (!remedy && !NO_PLACE.includes(reason)) return answer
    // The person may have refused while the request was handed over.
    if (isRefused(options, send)) return refused('opted_out')
    if (remedy && !told.has(reason)) {
      told.add(reason)
      console.warn(
        `[outlast] relay/${bridge}: a request goes out as without outlast: ${remedy} (${await answer.text()})`,
      )
    }
    if (!options.beforeSend) return undefined
    // Fails closed: without what the hook has returned there is nothing that may be sent.
    if (!answer.instead) return refused('before_send')
    const { url, ...instead } = answer.instead
    return alone(url, { ...init, ...(instead as RequestInit) })
  }
}

/** Calls the global `fetch` as it is at the call: a page may replace it. */
const byFetch: typeof fetch = (input, init) => fetch(input, init)

/**
 * The headers that an SDK is set up with, in the form of `storedHeaders`: each with `maxAge`, or with the time that the
 * site has given it there. Names count in any case.
 */
function storable(
  headers: Iterable<string>,
  { maxAge = WEEK_MS, storedHeaders = {} }: BridgeOptions,
): Record<string, number> {
  const all = [...[...headers].map((name): [string, number] => [name, maxAge]), ...Object.entries(storedHeaders)]
  return Object.fromEntries(all.map(([name, ms]) => [name.toLowerCase(), ms]))
}
