/**
 * Adds headers to requests that a page makes by `fetch` and `XMLHttpRequest`. All else of a request is left as it is,
 * and one whose headers cannot be had goes out without them. The library's own requests get none.
 */

import { OWN_REQUEST } from '../core/base/own-request'

/** The parts of a page that are patched or read here. */
export interface RequestScope {
  fetch?: typeof fetch
  XMLHttpRequest?: { prototype: XMLHttpRequest }
  document?: { baseURI: string }
}

/** The headers for a request to this URL; `undefined` for one that is to be left alone. */
export type HeadersFor = (url: URL) => Record<string, string> | undefined

/**
 * @returns a function that ends the patching. What another script has patched meanwhile stays, and passes requests on
 * as they are.
 */
export function patchRequests(scope: RequestScope, headersFor: HeadersFor): () => void {
  let isOn = true
  const told = new Set<string>()
  const set: SetHeader = (name, change) => {
    try {
      change()
    } catch (error) {
      // A value that no header can have, such as an id with letters beyond Latin-1, costs that header alone.
      if (!told.has(name))
        console.warn(`[outlast] ${name} is left out of requests, since no header can have it:`, error)
      told.add(name)
    }
  }
  const headersOf = (url: string): [name: string, value: string][] => {
    try {
      return isOn ? Object.entries(headersFor(new URL(url, scope.document?.baseURI)) ?? {}) : []
    } catch {
      // The address is no URL, which the platform will say, or the headers could not be had.
      return []
    }
  }
  const restoreFetch = patchFetch(scope, headersOf, set)
  const restoreXhr = patchXhr(scope.XMLHttpRequest?.prototype, headersOf, set)
  return () => {
    isOn = false
    restoreFetch()
    restoreXhr()
  }
}

type HeadersOf = (url: string) => [name: string, value: string][]

/** Sets a header by `change`, or says once why it cannot be set. */
type SetHeader = (name: string, change: () => void) => void

function patchFetch(scope: RequestScope, headersOf: HeadersOf, set: SetHeader): () => void {
  const original = scope.fetch
  if (typeof original !== 'function') return () => undefined
  const patched: typeof fetch = function (this: unknown, input, init) {
    return original.apply(this, withHeaders(input, init, headersOf, set))
  }
  scope.fetch = patched
  return () => {
    if (scope.fetch === patched) scope.fetch = original
  }
}

function withHeaders(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  headersOf: HeadersOf,
  set: SetHeader,
): [input: RequestInfo | URL, init?: RequestInit] {
  try {
    // A batch holds events of any time, so it says nothing of who the page is now; and its server may not allow the
    // headers.
    if (init && OWN_REQUEST in init) return [input, init]
    const asked = isRequest(input) ? input : undefined
    const added = headersOf(asked ? asked.url : String(input))
    if (added.length === 0) return [input, init]
    // A request of its own: options beside a `Request` would take its referrer and policy back, and those that are
    // inherited, such as all of a `Request` that is given as options, would be lost in a copy of them.
    const request = new Request(input, init)
    for (const [name, value] of added) set(name, () => request.headers.set(name, value))
    return [request]
  } catch {
    // The caller's own URL or headers are invalid, which the platform will say.
    return [input, init]
  }
}

/** Whether a value is a `Request`, also one of another frame, which is no instance of this frame's class. */
const isRequest = (input: unknown): input is Request => Object.prototype.toString.call(input) === '[object Request]'

function patchXhr(prototype: XMLHttpRequest | undefined, headersOf: HeadersOf, set: SetHeader): () => void {
  if (!prototype) return () => undefined
  const { open, send, setRequestHeader } = prototype
  const urls = new WeakMap<XMLHttpRequest, string>()
  // A header that is set twice has both values, so the caller's own are left out.
  const ours = (request: XMLHttpRequest) => headersOf(urls.get(request) ?? 'about:blank')
  const patched = {
    open(this: XMLHttpRequest, ...args: Parameters<XMLHttpRequest['open']>) {
      urls.set(this, String(args[1]))
      return open.apply(this, args)
    },
    setRequestHeader(this: XMLHttpRequest, name: string, value: string) {
      if (ours(this).some(([own]) => own.toLowerCase() === String(name).toLowerCase())) return
      setRequestHeader.call(this, name, value)
    },
    send(this: XMLHttpRequest, ...args: Parameters<XMLHttpRequest['send']>) {
      for (const [name, value] of ours(this)) set(name, () => setRequestHeader.call(this, name, value))
      return send.apply(this, args)
    },
  }
  Object.assign(prototype, patched)
  return () => {
    for (const [name, original] of Object.entries({ open, send, setRequestHeader })) {
      if (Reflect.get(prototype, name) === Reflect.get(patched, name)) Reflect.set(prototype, name, original)
    }
  }
}
