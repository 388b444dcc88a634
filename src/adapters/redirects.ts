/** Takes a POST through redirects, as long as it stays that POST. */

import type { WireRequest } from '../core/base/ports'
import type { Exchange, Means } from './limited-sender'
import { placeOf } from './place-of'
import { isContentHeader, notKept, type Place, probeRedirect } from './probe-redirect'

/** What was found out about a redirect is believed for so many ms: a site that is mended is noticed after that. */
const BELIEVED_MS = 120_000

/** Redirects that are remembered: a sender has three URLs for each host. */
const MAX_PLACES = 20

/** As many as a browser follows (Fetch, HTTP-redirect fetch). */
const MAX_HOPS = 20

/** Another place may be meant by now, if one that was found earlier says this. */
const GONE = new Set([404, 405, 410])

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const KEEP_THE_POST = new Set([307, 308])

/**
 * `fetch` that follows redirects does not say what it made of a POST, so none goes through a redirect unseen. Node
 * shows where one leads and how. A browser shows neither, and that is found out with requests that carry no event.
 */
export function createRedirects(): Exchange {
  const places = new Map<string, Place & { at: number }>()
  const asking = new Map<string, Promise<unknown>>()

  function believed(url: string): Place | undefined {
    const place = places.get(url)
    return place && Math.abs(Date.now() - place.at) < BELIEVED_MS ? place : undefined
  }

  async function placeBehind(url: string, { empty, call, gone }: Means): Promise<Place> {
    if (!empty) return { why: `${placeOf(url)} redirects` }
    for (;;) {
      const place = believed(url)
      if (place) return place
      const other = asking.get(url)
      if (!other) break
      // It may end with the request that asks: then this one does.
      await Promise.race([other.catch(() => undefined), gone])
    }
    const find = async () => probeRedirect({ ...(await empty()), url }, call)
    const asked = Promise.race([find(), gone])
    asking.set(url, asked)
    try {
      const place = await asked
      places.delete(url)
      places.set(url, { ...place, at: Date.now() })
      for (const [oldest] of places) if (places.size > MAX_PLACES) places.delete(oldest)
      return place
    } finally {
      asking.delete(url)
    }
  }

  return async (request, means) => {
    const { url } = request
    const send = (to: string) => means.post(to, 'manual')
    const known = believed(url)
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
      // This is the end of all redirects.
      const answer = await send(at)
      if (!isRedirect(answer)) return answer
      discard(answer)
      places.delete(url)
      return { kind: 'unreachable', detail: `${placeOf(url)} redirects elsewhere by now` }
    }
    return { kind: 'unreachable', detail: `${placeOf(url)} redirects without end` }
  }
}

/** A browser's that was not followed, Node's, or one that a patched fetch has followed without being asked. */
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
 * Why the request must not go where a redirect leads, if so. Headers of the site's own and v1's token are for the host
 * that it named. On the way to another origin `fetch` drops `Authorization` by itself, without which v1 refuses the
 * events for good, and takes every other header there; so such a request stays in the queue until the site names the
 * place. v0 without such headers goes where the site's own server sends it, but not from https into the open.
 */
function barred({ url, headers }: WireRequest, to: string): string | undefined {
  const [named, other] = [new URL(url), new URL(to)]
  if (named.origin === other.origin) return undefined
  const isOpen = named.protocol === 'https:' && other.protocol !== 'https:'
  if (!isOpen && Object.keys(headers).every(isContentHeader)) return undefined
  const what = isOpen ? 'events must not go there without https' : 'headers must not go there unless host names it'
  return `${placeOf(url)} redirects to ${placeOf(to)}, and ${what}; set host so that requests go there directly`
}

/** Frees the connection. */
function discard({ body }: Response): void {
  body
    ?.getReader()
    .cancel()
    .catch(() => undefined)
}
