/** The last way out of a page that is left: sends a request at once, where that needs no answer of the server first. */

import type { Passed } from './stored-form'

/** Types of a body that a page may send anywhere without a preflight, which a page that is left cannot wait for. */
const SAFE_TYPE = /^(text\/plain|application\/x-www-form-urlencoded|multipart\/form-data|$)(;|$)/

/**
 * Sends a POST whose one header is its type: as a beacon where the request has the cookies that a beacon has, else by `fetch` with
 * `keepalive`. The page does not learn whether it arrived, so the stored request stays, and is sent again. A body that is too long for the
 * browser is not sent here.
 */
export async function leaveBy({ method, url, headers, body = '', credentials }: Passed): Promise<void> {
  const { 'content-type': type = '', ...others } = headers
  if (method !== 'POST' || Object.keys(others).length > 0 || !SAFE_TYPE.test(type)) return
  const blob = new Blob([body as BlobPart], { type })
  if (credentials === 'include') navigator.sendBeacon(url, blob)
  else await fetch(url, { method, body: blob, credentials, keepalive: true })
}
