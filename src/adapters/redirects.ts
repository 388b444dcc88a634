/** Takes a POST through redirects, as long as it stays that POST. */

import type { WireRequest } from '../core/base/ports'
import type { Exchange, Means } from './limited-sender'
import { placeOf } from './place-of'
import { platformTime } from './platform-time'
import { isContentHeader, notKept, type Place, probeRedirect } from './probe-redirect'

/** How long in ms the found target of a redirect counts. After that, a site that was repaired is noticed. */
const BELIEVED_MS = 120_000

/** The most redirects that are remembered. A sender has up to five URLs for each host: compressed and plain ones differ. */
const MAX_PLACES = 20

/** The most redirects in a row: as many as a browser follows (Fetch, HTTP-redirect fetch). */
const MAX_HOPS = 20

/** Statuses of a known target after which the redirect is followed anew: it may lead elsewhere by now. */
const GONE = new Set([404, 405, 410])

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const KEEP_THE_POST = new Set([307, 308])

/**
 * Sends requests and follows their redirects. `fetch` could follow them, but does not tell whether the POST stayed a
 * POST, so it is told not to. Node shows the target and the status of a redirect. A browser shows neither: requests
 * that carry no event find them out.
 */
export function createRedirects(): Exchange {
  const places = new Map<string, Place & { at: number }>()
  const asking = new Map<string, Promise<unknown>>()

  function believed(url: string): Place | undefined {
    const place = places.get(url)
    return place && Math.abs(platformTime() - place.at) < BELIEVED_MS ? place : undefined
  }

  async function placeBehind(url: string, { empty, call, gone }: Means): Promise<Place> {
    if (!empty) return { why: `${placeOf(url)} redirects` }
    for (;;) {
      const place = believed(url)
      if (place) return place
      const other = asking.get(url)
      if (!other) break
      // Another request probes this URL already. If its probe ends without a result, this request probes next.
      await Promise.race([other.catch(() => undefined), gone])
    }
    const find = async () => probeRedirect({ ...(await empty()), url }, call)
    const asked = Promise.race([find(), gone])
    asking.set(url, asked)
    try {
      const place = await asked
      places.delete(url)
      places.set(url, { ...place, at: platformTime() })
      for (const [oldest] of places) if (places.size > MAX_PLACES) places.delete(oldest)
      return place
    } finally {
      asking.delete(url)
    }
  }

  return async (request, means) => {
    const { url } = request
    const send = (to: string) => means.post(to, 'manual')
    // A request that may not ask where a redirect leads may not go to a target that other requests have found either: a
    // relay's request stays on its host.
    const known = means.empty && believed(url)
    if (known && 'to' in known && !barred(request, known.to)) {
      const response = await send(known.to)
      if (!isRedirect(response) && !GONE.has(response.status)) return response
      discard(response)
      places.delete(url)
    }
    let at = url
    for (let hop = 0; hop <= MAX_HOPS; hop++) {
      const response = await send(at)
      if (!isRedirect(response)) return response
      discard(response)
      const isSeen = REDIRECTS.has(response.status) && !response.redirected
      const place = isSeen ? seen(response, at) : await placeBehind(url, means)
      const why = 'why' in place ? place.why : barred(request, place.to)
      if (why !== undefined) return { kind: 'not_taken', detail: why }
      at = (place as { to: string }).to
      if (isSeen) continue
      // A probe finds the end of all redirects, so this is the last request.
      const answer = await send(at)
      if (!isRedirect(answer)) return answer
      discard(answer)
      places.delete(url)
      return { kind: 'unreachable', detail: `${placeOf(url)} redirects elsewhere by now` }
    }
    return { kind: 'unreachable', detail: `${placeOf(url)} redirects without end` }
  }
}

/** Whether a response is a redirect: a browser's, Node's, or one that a patched `fetch` has followed unasked. */
const isRedirect = ({ type, redirected, status }: Response) =>
  type === 'opaqueredirect' || redirected || REDIRECTS.has(status)

function seen({ status, headers }: Response, from: string): Place {
  const location = headers.get('Location')
  if (location === null) return { why: `status ${status} from ${placeOf(from)}, which leads nowhere` }
  const { href, protocol } = new URL(location, from)
  if (!/^https?:$/.test(protocol)) return { why: `${placeOf(from)} redirects to ${protocol}, where no events go` }
  return KEEP_THE_POST.has(status) ? { to: href } : { why: notKept(from, href) }
}

/**
 * Why the request must not go to the target of a redirect; `undefined` if it may. The site's own headers and v1's token
 * are for the host that the site named. On the way to another origin `fetch` drops `Authorization`, without which v1
 * refuses the events for good, and keeps all other headers. So such a request stays in the queue until the site names
 * the target as its host. A v0 request without such headers follows the redirect, but not from https to http.
 */
function barred({ url, headers }: WireRequest, to: string): string | undefined {
  const [named, other] = [new URL(url), new URL(to)]
  if (named.origin === other.origin) return undefined
  const isOpen = named.protocol === 'https:' && other.protocol !== 'https:'
  if (!isOpen && Object.keys(headers).every(isContentHeader)) return undefined
  const what = isOpen ? 'events must not go there without https' : 'headers must not go there unless host names it'
  return `${placeOf(url)} redirects to ${placeOf(to)}, and ${what}; set host so that requests go there directly`
}

/** Frees the connection of a response whose body is not read. */
function discard({ body }: Response): void {
  body
    ?.getReader()
    .cancel()
    .catch(() => undefined)
}
