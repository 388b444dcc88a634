/** Asks the site's function for the headers of one request. Fails closed: without them there is no request. */

import type { Clock } from '../base/ports'
import { isObject, show } from '../base/values'
import { readHeaders } from './read-option'

/**
 * Gives the headers of one request, at once or as a promise. It is called before each request.
 *
 * @example
 * requestHeaders: async () => ({ Authorization: `Bearer ${await freshToken()}` })
 */
export type HeadersSource = () => Record<string, string> | Promise<Record<string, string>>

/**
 * Gives the headers of one request of a relay (`outlast/relay`) that says `worker: { requestHeaders: true }`, at once
 * or as a promise. It is called before each request, with the origin that the request goes to.
 *
 * @example
 * relayHeaders: async (origin) => ({ Authorization: `Bearer ${await tokenFor(origin)}` })
 */
export type RelayHeadersSource = (origin: string) => Record<string, string> | Promise<Record<string, string>>

/**
 * The longest time for an answer, in ms. A function that fetches a token needs less, and one that hangs holds one of
 * the request slots (`maxConcurrentRequests`) for so long.
 */
const ASK_HEADERS_MS = 5_000

const LATE = Symbol('late')

/** Resolves with usable headers, at least one, or with a text that says why there are none. Never rejects. */
export async function askHeaders(source: HeadersSource, clock: Clock): Promise<Record<string, string> | string> {
  const { done, cancel } = clock.timer(ASK_HEADERS_MS)
  try {
    const given: unknown = await Promise.race([source(), done.then(() => LATE)])
    if (given === LATE) return `requestHeaders gave no answer within ${ASK_HEADERS_MS / 1_000} s`
    if (!isObject(given)) return `requestHeaders gave ${show(given)} instead of an object of headers`
    const unusable: string[] = []
    const headers = readHeaders(given, (warning) => unusable.push(warning))
    // Nothing is sent with a part of the headers, since the token may be missing. `Headers` and a `Map` come out empty.
    // The warning ends with what becomes of a header in a list of options, which does not hold here.
    if (unusable[0] !== undefined) return unusable[0].replace(/;[^;]*$/, '')
    return Object.keys(headers).length > 0 ? headers : 'requestHeaders gave no header'
  } catch (error) {
    return `requestHeaders failed: ${show(error)}`
  } finally {
    cancel()
  }
}
