/** Decides whether a relay takes a request, and in which form it is stored. Nothing here has an effect. */

import { STORED_ALWAYS } from '../../core/config/relay-config'
import { RECORD_VERSION } from '../../core/event/relay-record'
import { MAX_BODY_BYTES, originOf } from './options'
import { headOf } from './read-request'
import type { RelayedRequest, RelayOptions } from './types'

export interface Refusal {
  reason: string
  detail?: string
}

/** A request as the hooks left it. */
export interface Passed extends RelayedRequest {
  credentials: RequestCredentials
}

/** A request that is taken, the origin that it is for, and what is stored of it. */
export interface StoredForm {
  request: Passed
  origin: string
  properties: object
}

/** The most characters of what is stored: a little less than an event may have at most, whatever `maxBodyBytes` says. */
const MAX_STORED = 20_000_000

export function storedForm(
  given: Passed,
  { beforeSend, dedupe, maxBodyBytes = MAX_BODY_BYTES, storedHeaders }: RelayOptions,
  hosts: ReadonlyMap<string, unknown>,
): StoredForm | Refusal {
  const refuse = (reason: string, detail: string): Refusal => ({ reason, detail })
  try {
    const { credentials, ...shown } = given
    const passed = beforeSend ? beforeSend(shown) : shown
    // Fails closed: what a hook has not clearly returned is not stored. A promise has no address.
    if (!passed?.url) return refuse('before_send', `beforeSend gave ${passed}`)
    const body = passed.body ?? undefined
    // Throws for what no platform would send, which must not be stored as if it could be. The body comes first: were a record cut
    // short, nothing could take it for a request without a body.
    const request = { body, ...headOf(new Request(passed.url, passed as RequestInit)), credentials }
    const origin = originOf(request.url)
    if (!hosts.has(origin)) return refuse('host', `${request.url} is on no host`)
    // Knows names in any case.
    const limits = new Headers(storedHeaders as unknown as HeadersInit)
    let keptFor = Number.POSITIVE_INFINITY
    for (const name of Object.keys(request.headers)) {
      const ms = Number(limits.get(name) ?? (STORED_ALWAYS.test(name) ? keptFor : 0))
      if (!(ms > 0)) return refuse('invalid', `${name} has no time in storedHeaders`)
      keptFor = Math.min(keptFor, ms)
    }
    const bytes = new Blob([(body ?? '') as BlobPart]).size
    if (bytes > maxBodyBytes) return refuse('too_large', `${bytes} bytes`)
    const text = typeof body === 'string' || body === undefined ? {} : { body: base64(body), base64: true }
    const properties = { ...request, ...text, relay: RECORD_VERSION, key: dedupe?.(request), keptFor }
    const { length } = JSON.stringify(properties)
    return length > MAX_STORED ? refuse('too_large', `${length} characters`) : { request, origin, properties }
  } catch (error) {
    return refuse('before_send', `${error}`)
  }
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
