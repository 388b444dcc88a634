/**
 * Finds out what a redirect that a browser does not show makes of a POST: 307 and 308 repeat it, 301, 302 and 303 turn
 * it into a GET without its body (Fetch, HTTP-redirect fetch).
 */

import type { WireRequest } from '../core/base/ports'
import type { Call } from './limited-sender'
import { placeOf } from './place-of'
import { readBounded } from './read-bounded'

/** `to`: where the redirect leads the POST as it was. `why`: what is wrong with it, and what the site can do. */
export type Place = { to: string } | { why: string }

interface Answer {
  status: number
  type: string
  /** `undefined` where it is longer than what an endpoint says to a request without an event. */
  body: string | undefined
}

const MAX_ANSWER_BYTES = 65_536

/** A body that no endpoint can read as a batch, plain or compressed. */
const NONSENSE = '-'

/**
 * No question carries an event. A GET and a POST of the redirect's target tell how the target answers each method, and
 * the answer to a POST through the redirect then tells which method has arrived. Where the target answers both alike, a
 * POST of nonsense through the redirect is answered differently only if its body has arrived.
 *
 * The questions are asked one after the other. An answer that differs from two equal ones, one before it and one after
 * it, proves something: an answer that changes by itself, with the time or with a count, does not look like that.
 */
export async function probeRedirect({ url, headers, body = '' }: WireRequest, call: Call): Promise<Place> {
  const post = (to: string, redirect: RequestRedirect, what: string | Uint8Array = body) =>
    call(to, { method: 'POST', headers: contentHeaders(headers), body: what as BodyInit, redirect })
  const response = await post(url, 'follow')
  const to = response.url
  if (!response.redirected || !to) {
    return { why: `${placeOf(url)} redirects, and it cannot be found out to where (status ${response.status})` }
  }
  const through = await answerOf(response)
  // An answer that cannot be read across origins proves nothing.
  const got = await call(to, { redirect: 'manual' }).then(answerOf, () => undefined)
  const posted = await answerOf(await post(to, 'manual'))
  if (proves(through, got, posted)) return { to }
  const nonsense = await answerOf(await post(url, 'follow', NONSENSE))
  const again = await answerOf(await post(to, 'manual'))
  if (proves(through, nonsense, again)) return { to }
  const failing = [through, posted, nonsense, again].find(isFailing)
  if (failing) throw new Error(`status ${failing.status} from ${placeOf(to)}, where a redirect leads`)
  return { why: notKept(url, to) }
}

export const notKept = (from: string, to: string) =>
  `${placeOf(from)} redirects to ${placeOf(to)}, and only 307 and 308 are known to keep the events; set host so that requests go there directly`

/**
 * Headers that say what the body is. A redirect may lead to a place that the site has not named, and the browser would
 * take the site's own headers there; what is asked goes without them and without a token.
 */
const contentHeaders = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => isContentHeader(name)))

export const isContentHeader = (name: string) => /^content-(type|encoding)$/i.test(name)

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response
  return { status, type: headers.get('Content-Type') ?? '', body: await readBounded(response, MAX_ANSWER_BYTES) }
}

/** Whether `first` and `last` are the same answer, and `between` is another one. */
function proves(first: Answer, between: Answer | undefined, last: Answer): boolean {
  if (!between || isFailing(between) || !sameKind(first, last)) return false
  if (!sameKind(last, between)) return true
  return first.body !== undefined && first.body === last.body && last.body !== between.body
}

const sameKind = (one: Answer, other: Answer) => one.status === other.status && one.type === other.type

/** A status that says nothing of the request: the failure may pass. */
const isFailing = ({ status }: Answer) => status >= 500 || status === 429 || status === 408
