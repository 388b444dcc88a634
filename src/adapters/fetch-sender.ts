import { MAX_REPLY_BYTES } from '../core/limits'
import type { Sender, SendOutcome, WireRequest } from '../core/ports'
import { show } from '../core/values'

export interface FetchSenderOptions {
  /** Called for each request, so that a `fetch` patched later is the one that is used. */
  fetch?: typeof fetch
  /** Whether a request must outlive the page (Fetch `keepalive`), while its body allows it. */
  keepalive?: () => boolean
}

/** Keepalive bodies share 64 KiB per page with everybody else's (Fetch, http-network-or-cache-fetch). */
const MAX_KEEPALIVE_BYTES = 50_000

/** Sends with `fetch`: a timeout of its own that spans the answer's body, and a bound on that body. */
export function fetchSender({ fetch: given, keepalive = () => false }: FetchSenderOptions = {}): Sender {
  const forbidden = watchPolicy()
  return {
    send(request, { timeoutMs, readBody }) {
      const controller = new AbortController()
      const { signal } = controller
      let timedOut = false
      const timer = setTimeout(() => {
        timedOut = true
        controller.abort()
      }, timeoutMs)
      const stop = () => clearTimeout(timer)
      const cut = (): SendOutcome => (timedOut ? { kind: 'timeout' } : { kind: 'unreachable', detail: 'aborted' })
      let reading: Promise<unknown> | undefined
      const exchange = async (): Promise<SendOutcome> => {
        const doFetch = given ?? globalThis.fetch
        const response = await doFetch(request.url, initOf(request, signal, keepalive()))
        const { status } = response
        // A redirect that was not followed; nothing that is sent again would fare better.
        if (response.type === 'opaqueredirect') return { kind: 'reply', status: 300, retryAfter: null, body: '' }
        // A patched fetch may give anything.
        if (!(status >= 100)) throw new TypeError(`fetch gave no answer but ${show(response)}`)
        if (ledToPage(response)) {
          reading = response.body?.cancel()
          return { kind: 'unreachable', detail: 'redirected to a page' }
        }
        const retryAfter = response.headers.get('Retry-After')
        const wanted = readBody && response.ok
        const read = readBounded(response, wanted ? MAX_REPLY_BYTES : MAX_IGNORED_BYTES)
        reading = read
        // Otherwise the status says it all, and the body is read only so that the connection can be used again.
        const body = wanted ? await read : ''
        return body === undefined ? { kind: 'reply_too_long', status } : { kind: 'reply', status, retryAfter, body }
      }
      const exchanged = exchange().catch((error: unknown): SendOutcome => {
        if (signal.aborted) return cut()
        const detail = forbidden(request.url)
        if (detail !== undefined) return { kind: 'unreachable', detail, forbidden: true }
        return { kind: 'unreachable', detail: error instanceof Error ? error.message : String(error) }
      })
      // The timer goes on over a body that nobody waits for: it must end too.
      void exchanged.then(() => reading).then(stop, stop)
      // A patched fetch may ignore the signal.
      const aborted = new Promise<SendOutcome>((resolve) => {
        signal.addEventListener('abort', () => resolve(cut()), { once: true })
      })
      return { outcome: Promise.race([exchanged, aborted]), abort: () => controller.abort() }
    },
  }
}

/**
 * A 302 makes of the request a GET without its body, so a page that says 200 there, to sign in on say, has taken
 * nothing. 307 and 308 keep the request, and an endpoint behind them does not answer with a page.
 */
const ledToPage = ({ redirected, ok, headers }: Response) =>
  redirected && ok && /^text\/html\b/i.test(headers.get('Content-Type') ?? '')

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

function initOf({ headers, body }: WireRequest, signal: AbortSignal, keepalive: boolean): RequestInit {
  return {
    method: 'POST',
    headers,
    body: body as BodyInit,
    signal,
    cache: 'no-store',
    // Cookies go to a first-party proxy, which may need them, and nowhere else.
    credentials: 'same-origin',
    referrerPolicy: 'no-referrer',
    keepalive: keepalive && body.length <= MAX_KEEPALIVE_BYTES,
  }
}

/** The body as text, or `undefined` once it is longer than `limit` bytes. */
async function readBounded(response: Response, limit: number): Promise<string | undefined> {
  if (!response.body) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.length
    if (length > limit) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}
