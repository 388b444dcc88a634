/** Sends requests with `fetch`, each within its time, and reads no more of an answer than is needed. */

import { MAX_REPLY_BYTES } from '../core/base/limits'
import { OWN_REQUEST } from '../core/base/own-request'
import type { Sender, SendOutcome, WireRequest } from '../core/base/ports'
import { show } from '../core/base/values'
import { placeOf } from './place-of'
import { platformTime } from './platform-time'
import { readBounded } from './read-bounded'

export interface FetchSenderOptions {
  /** Default: the global `fetch` as it is at each request, so that one that is patched later is used too. */
  fetch?: typeof fetch
  /** Whether a request must outlive the page (Fetch `keepalive`), while its body allows it. */
  keepalive?: () => boolean
}

/**
 * Makes a further request, which ends with the request that is to be sent: by the same signal, within the same time.
 */
export type Call = (url: string, init: RequestInit) => Promise<Response>

/** What sending a request has at hand. */
export interface Means {
  /** The request itself, to this URL. */
  post(url: string, redirect: RequestRedirect): Promise<Response>
  /** Makes another request, within the limits of this one. */
  call: Call
  /** Rejects once the request is aborted, or the time for all of it is over. */
  gone: Promise<never>
  /** The same request without an event. */
  empty?: (() => Promise<WireRequest>) | undefined
}

/** Gets an answer to a request, wherever redirects lead it. */
export type Exchange = (request: WireRequest, means: Means) => Promise<Response | SendOutcome>

/**
 * All scripts of a page share 64 KiB for bodies with `keepalive` (Fetch, http-network-or-cache-fetch): the page's own requests
 * are left some of them.
 */
const MAX_KEEPALIVE_BYTES = 50_000

/** Sends with `fetch`: a timeout of its own that spans the answer's body, and a bound on that body. */
export function limitedSender(
  exchange: Exchange,
  { fetch: given, keepalive = () => false }: FetchSenderOptions = {},
): Sender {
  const forbidden = watchPolicy()
  return {
    async send(request, { timeoutMs, readBody, empty, takesPages = false, signal: ending }) {
      if (ending?.aborted) return ABORTED
      const controller = new AbortController()
      const { signal } = controller
      const startedAt = platformTime()
      ending?.addEventListener('abort', () => controller.abort(), { once: true })
      let timedOut = false
      const timer = setTimeout(() => {
        timedOut = true
        controller.abort()
      }, timeoutMs)
      const stop = () => clearTimeout(timer)
      const cut = (): SendOutcome => (timedOut ? { kind: 'timeout' } : ABORTED)
      let reading: Promise<unknown> | undefined
      const gone = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
      })
      // A patched fetch may ignore the signal.
      const ended = gone.catch(cut)
      const call: Call = async (url, init) => {
        const doFetch = given ?? globalThis.fetch
        const response = await doFetch(url, { ...COMMON, signal, ...init })
        // A patched fetch may give anything.
        if (response.type !== 'opaqueredirect' && !(response.status >= 100)) {
          throw new TypeError(`fetch gave no answer but ${show(response)}`)
        }
        return response
      }
      const post: Means['post'] = (url, redirect) => call(url, initOf(request, redirect, keepalive()))
      const answered = async (): Promise<SendOutcome> => {
        const response = await exchange(request, { post, call, gone, empty })
        if ('kind' in response) return response
        const { status, ok, headers } = response
        const wanted = readBody && ok
        const type = headers.get('Content-Type')
        const mayBePage = ok && !takesPages && PAGE_TYPE.test(type ?? 'text/html')
        const isPage = (text: string) => (type ? PAGE : PAGE_UNNAMED).test(text)
        const limit = wanted ? MAX_REPLY_BYTES : MAX_IGNORED_BYTES
        const read = readBounded(response, limit, (text) => mayBePage && isPage(text))
        reading = read
        const isRefusal = status >= 400 && status < 500 && !PAGE_TYPE.test(type ?? '')
        // Otherwise the status says it all, and the body is read only so that the connection can be used again.
        const mustRead = wanted || (mayBePage && type !== null)
        const body = mustRead ? await read : mayBePage || isRefusal ? await soon(read) : ''
        if (mayBePage && body !== undefined && isPage(body)) {
          return {
            kind: 'not_taken',
            detail: `answered with a page: ${placeOf(request.url)} takes no events; check host`,
          }
        }
        if (body === undefined) return { kind: 'reply_too_long', status }
        return { kind: 'reply', status, retryAfter: headers.get('Retry-After'), body: wanted || isRefusal ? body : '' }
      }
      const exchanged = answered().catch((error: unknown): SendOutcome => {
        if (signal.aborted) return cut()
        const detail = forbidden(request.url)
        if (detail !== undefined) return { kind: 'unreachable', detail, forbidden: true }
        // Node has no `onLine`, and no content blocker either.
        const instant = platformTime() - startedAt < INSTANT_MS && globalThis.navigator?.onLine === true
        return { kind: 'unreachable', detail: error instanceof Error ? error.message : String(error), instant }
      })
      // The timer goes on while a body is read that no caller waits for: this reading must end too.
      void exchanged.then(() => reading).then(stop, stop)
      return Promise.race([exchanged, ended])
    },
  }
}

const ABORTED: SendOutcome = { kind: 'unreachable', detail: 'aborted' }

/** The content types that a browser shows as a page. */
const PAGE_TYPE = /^\s*(text\/html|application\/xhtml\+xml)\b/i

/**
 * A body of that type that is a page: to sign in on, of a captive portal, of an app for paths that it does not know. A
 * proxy may say "text/html" of anything, and pass on an endpoint's JSON so. An empty body is no page.
 */
const PAGE = /^\s*[^\s{]/
/** A page whose answer does not name its type. */
const PAGE_UNNAMED = /^\s*</

/**
 * A request that is stopped on the device, by a content blocker for example, fails within this time in ms, also on a
 * slow device. A server nearby that refuses connections is as quick, so such failures tell something only after a
 * minute without any other outcome.
 */
const INSTANT_MS = 100

/** How long a body is waited for that says little, in ms: the words of a refusal, or an answer without a type. */
const WORDS_MS = 1_000

/** The text of a body; blank if the body is not there in time, or breaks off. */
const soon = (read: Promise<string | undefined>) =>
  new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve(''), WORDS_MS)
    const end = (text = '') => {
      clearTimeout(timer)
      resolve(text)
    }
    read.then(end, () => end())
  })

/**
 * The most bytes of a body that are read where the body is not needed: for a page to be known, and for the words of a
 * refusal.
 */
const MAX_IGNORED_BYTES = 65_536

/**
 * Hears what this context's Content-Security-Policy blocks, which `fetch` reports as if the network were down. Returns
 * why a request to this URL failed, if that is why.
 */
function watchPolicy(): (url: string) => string | undefined {
  const blocked = new Set<string>()
  globalThis.addEventListener?.('securitypolicyviolation', (event) => {
    const { effectiveDirective, disposition, blockedURI } = event as SecurityPolicyViolationEvent
    if (effectiveDirective === 'connect-src' && disposition === 'enforce') blocked.add(originOf(blockedURI))
  })
  return (url) => {
    const origin = originOf(url)
    if (!blocked.delete(origin)) return undefined
    const whose = 'WorkerGlobalScope' in globalThis ? "the worker's own response" : 'this page'
    return `the Content-Security-Policy of ${whose} forbids requests to ${origin}; name it in connect-src there`
  }
}

/** A violation may name no more than a scheme. */
function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return url
  }
}

const COMMON: RequestInit & { [OWN_REQUEST]: true } = {
  [OWN_REQUEST]: true,
  cache: 'no-store',
  // Cookies go to a first-party proxy, which may need them, and nowhere else.
  credentials: 'same-origin',
  referrerPolicy: 'no-referrer',
}

function initOf(request: WireRequest, redirect: RequestRedirect, keepalive: boolean): RequestInit {
  const { method = 'POST', headers, body: given = null, base64, credentials = COMMON.credentials } = request
  const decoded = base64 ? Uint8Array.from(atob(given as string), (char) => char.charCodeAt(0)) : given
  const body = decoded as BodyInit | null
  return {
    method,
    headers,
    body,
    credentials,
    redirect,
    // The limit is of bytes, of which a character may have three.
    keepalive: keepalive && new Blob([(body ?? '') as BlobPart]).size <= MAX_KEEPALIVE_BYTES,
  }
}
