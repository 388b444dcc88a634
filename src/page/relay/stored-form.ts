/** Decides whether a relay takes a request, and in which form it is stored. Nothing here has an effect. */

import { MAX_HEADERS, STORED_ALWAYS } from '../../core/config/relay-config'
import { RECORD_VERSION } from '../../core/event/relay-record'
import { MAX_STORED, originOf } from './options'
import { headOf } from './read-request'
import type { RelayedRequest, RelayOptions } from './types'

export interface Refusal {
  reason: string
  /** A text, or an error whose text goes into the answer. */
  detail?: unknown
  /** The request as the hooks have changed it, where they have returned one. */
  request?: Passed | undefined
}

/** A request as the hooks left it. */
export interface Passed extends RelayedRequest {
  credentials: RequestCredentials
}

/** A request that is taken, the host that it is for, and what is stored of it. */
export interface StoredForm<Host = unknown> {
  request: Passed
  host: Host
  properties: object
}

/** A time longer than any request waits. A number that is stored as JSON cannot be infinite. */
const FOREVER_MS = 9e15

export function storedForm<Host extends object>(
  given: Passed,
  { beforeSend, dedupe, maxBodyBytes: longest, storedHeaders }: RelayOptions,
  hosts: ReadonlyMap<string, Host>,
): StoredForm<Host> | Refusal {
  let request: Passed | undefined
  const refuse = (reason: string, detail: unknown): Refusal => ({ reason, detail, request })
  try {
    const { credentials, ...shown } = given
    const passed = beforeSend ? beforeSend(shown) : shown
    // Fails closed: what a hook has not clearly returned is not stored. A promise has no address.
    if (!passed?.url) throw TypeError(`beforeSend gave ${passed}`)
    const body = passed.body ?? undefined
    // Throws for a request that no platform would send, which must not be stored as if it could be sent. The body comes
    // first in the record, so that a record that was cut short cannot pass for a request without a body.
    request = { body, ...headOf(new Request(passed.url, passed as RequestInit)), credentials }
    const host = hosts.get(originOf(request.url))
    if (!host) return refuse('host', request.url)
    const limits = Object.entries(Object(storedHeaders) as Record<string, unknown>)
    let keptFor = FOREVER_MS
    for (const [index, name] of Object.keys(request.headers).entries()) {
      const limit = limits.find((one) => one[0].toLowerCase() === name)
      const ms = Number(limit ? limit[1] : STORED_ALWAYS.test(name) ? keptFor : 0)
      if (!(ms > 0) || index >= MAX_HEADERS) return refuse('invalid', name)
      if (ms < keptFor) keptFor = ms
    }
    const bytes = new Blob([(body ?? '') as BlobPart]).size
    const tooLarge = refuse('too_large', `${bytes} bytes`)
    // An unusable value is warned of late: src/client/late/of-relay.ts.
    if (bytes > (typeof longest === 'number' && longest >= 0 ? longest : 1_000_000)) return tooLarge
    const text = typeof body === 'string' || body === undefined ? {} : { body: base64(body), base64: true }
    const properties = { ...request, ...text, relay: RECORD_VERSION, key: dedupe?.(request), keptFor }
    return JSON.stringify(properties).length > MAX_STORED ? tooLarge : { request, host, properties }
  } catch (error) {
    return refuse('before_send', error)
  }
}

/**
 * @throws where a hook gives anything else in place of bytes: a list, or parameters, would become other bytes than
 * `fetch` sends
 */
function base64(bytes: Uint8Array): string {
  if (!(bytes instanceof Uint8Array)) throw TypeError('body')
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
