/** A site's own endpoint, with one verdict per event if the endpoint gives them (docs/own-endpoint.md). */

import { asRecord } from '../base/values'
import type { Endpoint } from '../config/endpoint'
import { overlay } from './overlay'
import { partialOf, type Said } from './partial'
import { plainBody } from './plain-body'
import { stampedNow } from './stamped-now'
import { isSuccess, type Verdict, verdictOfFailure } from './verdict'
import type { Wire } from './wire'

const TYPES: Record<Endpoint['body'], string> = { json: 'application/json', ndjson: 'application/x-ndjson' }

export const json: Wire = {
  readsBody: true,
  encode({ events, format, skew }, { host, endpoint = NOWHERE, settings }, now) {
    return {
      url: host + endpoint.path,
      headers: overlay({ 'Content-Type': TYPES[endpoint.body] }, settings.requestHeaders),
      body: plainBody(events, format, stampedNow(now, skew), endpoint.body),
    }
  },
  interpret(reply) {
    if (!isSuccess(reply.status)) return verdictOfFailure(reply)
    // The part that is not read may ask for events again, so all are sent again: an endpoint knows a repeated event by
    // its uuid.
    if (reply.kind === 'reply_too_long')
      return { kind: 'retry', cause: TOO_LONG, answered: true, retryAfter: null, blockedBy: TOO_LONG }
    // A 2xx without readable verdicts means that all of the batch was taken: most endpoints give no verdicts.
    return verdictsIn(reply.body, reply.retryAfter) ?? { kind: 'delivered' }
  },
}

/** `MAX_REPLY_BYTES` of core/base/limits.ts, in words. */
const TOO_LONG = 'the endpoint answered with more than 1 MiB, which is not read to its end: answer with less'

/** No request is made of a queue without an endpoint: `send-batch.ts` sees to that. */
const NOWHERE: Endpoint = { path: '', body: 'json' }

/**
 * The verdicts of an answer; `undefined` where the answer has none. An event that the answer does not name is
 * delivered.
 */
function verdictsIn(body: string, retryAfter: string | null): Verdict | undefined {
  let results: unknown
  try {
    results = asRecord(JSON.parse(body)).results
  } catch {
    // A text such as "OK", and no text at all, is no verdict.
    return undefined
  }
  if (!Array.isArray(results)) return undefined
  const said = results.map((entry): Said => {
    const { uuid, status, reason } = asRecord(entry)
    return [uuid, status, reason]
  })
  return partialOf(said, retryAfter)
}
