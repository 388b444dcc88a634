/** A function of the shape of `fetch` that hands over what has to arrive, and does the rest as `fetch` does. */

import { relay } from '../relay'
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
  const send = relay({ name: bridge, ...options })
  const give = handover(bridge, options, send)
  const hosts = options.hosts.map((host) => new URL(host).origin)
  let isLeft = false
  for (const type of ['pagehide', 'pageshow']) {
    // Before the listeners of libraries, which then say their last words.
    const note = () => {
      isLeft = type === 'pagehide'
    }
    globalThis.window?.addEventListener(type, note, true)
  }
  return async (input, init) => {
    const given = input instanceof Request ? input : undefined
    const { href, origin } = new URL(given?.url ?? `${input}`, globalThis.location?.href)
    const method = (init?.method ?? given?.method ?? 'GET').toUpperCase()
    const body = init?.body ?? given
    const isOurs = hosts.includes(origin) && !(init?.body instanceof ReadableStream) && filter({ method, url: href })
    // The relay could not read such a body before the page is gone. What a person or a hook may refuse is left to it.
    const isLost = isLeft && isSlow(body) && !options.beforeSend && !send.isOptOut()
    if (!isOurs || isLost) return fetch(input, init)
    // The body of a `Request` can be read once.
    const spare = given?.clone() ?? input
    const taken = await give(input, init)
    if (!taken) return fetch(spare, init)
    return taken.ok && answer ? answer() : taken
  }
}

/** Whether the bytes of a body are there a moment later alone. */
const isSlow = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && !('byteLength' in body) && !(body instanceof URLSearchParams)
