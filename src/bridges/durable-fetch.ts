/** A function of the shape of `fetch` that hands over what has to arrive, and does the rest as `fetch` does. */

import { type BridgeOptions, handover } from './handover'

/** Options of `relayFetch`: those of `relay`, and which requests it takes. */
export interface FetchOptions extends Omit<BridgeOptions, 'hosts'> {
  /** The origins whose requests are taken. A request to any other goes out as by `fetch`. */
  hosts: readonly string[]
  /**
   * Whether a request is taken. One that is not goes out as by `fetch`, and is answered by its server. Default: all but GET
   * and HEAD, whose answer is what the caller wants. A request whose body is a stream is never taken.
   *
   * @example
   * relayFetch({ hosts, filter: ({ url }) => url.endsWith('/track') })
   */
  filter?: ((request: { method: string; url: string }) => boolean) | undefined
  /**
   * Makes the answer that the library gets for what is stored, where it reads more than the status. Default: 202 without a
   * body, as from `relay`.
   *
   * @example
   * relayFetch({ hosts, answer: () => Response.json({ success: true }) })
   */
  answer?: (() => Response) | undefined
}

const isWrite = ({ method }: { method: string }) => method !== 'GET' && method !== 'HEAD'

/** @param bridge as the console and the relay's queue name it */
export function durableFetch(bridge: string, { filter = isWrite, answer, ...options }: FetchOptions): typeof fetch {
  const give = handover(bridge, options)
  const hosts = options.hosts.map((host) => new URL(host).origin)
  return async (input, init) => {
    const given = input instanceof Request ? input : undefined
    const { href, origin } = new URL(given?.url ?? `${input}`, globalThis.location?.href)
    const method = (init?.method ?? given?.method ?? 'GET').toUpperCase()
    const isOurs = hosts.includes(origin) && !(init?.body instanceof ReadableStream) && filter({ method, url: href })
    if (!isOurs) return fetch(input, init)
    // The body of a `Request` can be read once.
    const spare = given?.clone() ?? input
    const taken = await give(input, init)
    if (!taken) return fetch(spare, init)
    return taken.ok && answer ? answer() : taken
  }
}
