/** Reads what a caller of a relay gives, as `fetch` would. */

import type { RelayedRequest } from './types'

/** A request whose body may still have to be read. */
interface Read extends Omit<RelayedRequest, 'body'> {
  credentials: RequestCredentials
  body: RelayedRequest['body'] | Promise<RelayedRequest['body']>
}

/**
 * Texts and bytes are there at once, so that a page that is left can still hand them over. Of any other body the
 * platform gives the bytes a moment later.
 *
 * @throws what `fetch` would reject with
 */
export function readRequest(input: RequestInfo | URL, init?: RequestInit): Read {
  const request = new Request(input, init)
  request.signal.throwIfAborted()
  if (request.mode === 'no-cors') throw TypeError(request.mode)
  return { ...headOf(request), body: bodyOf(request, input, init?.body) }
}

/** A request without its body, in the form in which a platform sends it. */
export const headOf = ({ method, url, headers, credentials }: Request) => ({
  method,
  url: url.replace(/#.*/, ''),
  headers: Object.fromEntries(headers as unknown as Iterable<[string, string]>),
  credentials,
})

function bodyOf(request: Request, input: unknown, given: unknown): Read['body'] {
  if (typeof given === 'string' || given instanceof URLSearchParams) return `${given}`
  // A plain `ArrayBuffer` has no `buffer` within it.
  const { buffer = given as ArrayBuffer, byteOffset, byteLength } = Object(given) as Partial<ArrayBufferView>
  if (byteLength !== undefined) return new Uint8Array(buffer, byteOffset, byteLength).slice()
  // Not every browser says whether a request has a body. A request of another realm, or of before a page has replaced
  // `Request`, is no instance of the present `Request`.
  if ((given ?? (input as Partial<Request>).method) === undefined) return undefined
  return request.arrayBuffer().then((buffer) => (given || buffer.byteLength ? new Uint8Array(buffer) : undefined))
}
