/** A function of the shape of `fetch` that hands over what has to arrive, and does the rest as `fetch` does. */

import { relay } from '../relay'
import { addressOf, type BridgeOptions, isRefused, setUp, toRelay } from './to-relay'

/** Options of `relayFetch`: those of `relay`, and which requests it takes. */
export interface FetchOptions extends Omit<BridgeOptions, 'hosts'> {
  /**
   * The origins whose requests are taken. A request to any other goes out as by `fetch`. One that is no origin is left
   * out, with a warning.
   *
   * @example
   * relayFetch({ hosts: ['https://ingest.example.com'] })
   */
  hosts: readonly string[]
  /**
   * Whether a request is taken. One that is not goes out as by `fetch`, and is answered by its server. Default: all but
   * GET and HEAD, whose answer is what the caller wants. A request whose body is a stream is never taken. Where the
   * function throws, so does the call.
   *
   * @example
   * relayFetch({ hosts, filter: ({ url }) => url.endsWith('/track') })
   */
  filter?: ((request: { method: string; url: string }) => boolean) | undefined
  /**
   * Makes the answer that the library gets for what is stored, where it reads more than the status. Default: 202
   * without a body, as from `relay`.
   *
   * @example
   * relayFetch({ hosts, answer: () => Response.json({ success: true }) })
   */
  answer?: (() => Response) | undefined
}

const isWrite = ({ method }: { method: string }) => method !== 'GET' && method !== 'HEAD'

/**
 * @param bridge as the console and the relay's queue name it
 * @param headers the names of headers that the SDK sends
 */
export function durableFetch(
  bridge: string,
  { filter = isWrite, answer, ...more }: FetchOptions,
  headers: string[] = [],
): typeof fetch {
  const options = setUp(bridge, more, [], headers)
  const send = relay(options)
  const give = toRelay(bridge, options, send)
  const hosts = [options.hosts].flat().map(originOf)
  let isLeft = false
  for (const type of ['pagehide', 'pageshow']) {
    const note = () => {
      isLeft = type === 'pagehide'
    }
    // In the capture phase: the libraries' own listeners, which come after, send their last requests.
    globalThis.window?.addEventListener(type, note, true)
  }
  return async (input, init) => {
    // A `Request` is known by its `method`: one of another realm is no instance of this realm's class.
    const given = (input as Request).method ? (input as Request) : undefined
    const { href, origin } = addressOf(given?.url ?? `${input}`)
    const method = (init?.method ?? given?.method ?? 'GET').toUpperCase()
    const isOurs = hosts.includes(origin) && !(init?.body instanceof ReadableStream) && filter({ method, url: href })
    // The relay knows no `no-cors`, and could not read a slow body before the page is gone. Where the person has
    // refused or there is a hook, the relay gets such a request all the same, since the relay alone heeds these.
    const isBeyondRelay = (init?.mode ?? given?.mode) === 'no-cors' || (isLeft && isSlow(init?.body ?? given))
    if (!isOurs || (isBeyondRelay && !options.beforeSend && !isRefused(options, send))) return fetch(input, init)
    // The body of a `Request` can be read once.
    const spare = given?.clone() ?? input
    const taken = await give(input, init)
    if (!taken) return fetch(spare, init)
    // An answer that has an address is a server's.
    return taken.ok && answer && !taken.url ? answer() : taken
  }
}

/** The origin of a host; blank for a text that is no origin, of which the relay warns. */
function originOf(host: string): string {
  try {
    return new URL(host).origin
  } catch {
    return ''
  }
}

/** Whether the bytes of a body cannot be had at once, but only a moment later. */
const isSlow = (body: unknown): boolean => /(Blob|File|FormData|Request)]$/.test(Object.prototype.toString.call(body))
