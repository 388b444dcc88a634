/** PostHog's v1 events endpoint with one verdict per event (docs/protocol.md §2). */

import { asRecord } from '../base/values'
import { SDK_NAME, SDK_VERSION } from '../base/version'
import { wellFormedJson } from '../event/well-formed-json'
import { overlay } from './overlay'
import { partialOf, type Said } from './partial'
import { stampedNow } from './stamped-now'
import { isSuccess, type Verdict, verdictOfFailure } from './verdict'
import type { Wire } from './wire'
import { HISTORICAL } from './wire-body'

export const v1: Wire = {
  readsBody: true,
  encode(batch, { apiKey, host, settings }, now) {
    const historical = batch.historical ? HISTORICAL : ''
    const createdAt = stampedNow(batch.createdAt, batch.skew)
    return {
      url: `${host}/i/v1/analytics/events`,
      headers: overlay(settings.requestHeaders, {
        Authorization: `Bearer ${apiKey}`,
        'Content-Type': 'application/json',
        'PostHog-Sdk-Info': `${SDK_NAME}/${SDK_VERSION}`,
        'PostHog-Attempt': String(batch.attempt),
        'PostHog-Request-Id': batch.requestId,
        'PostHog-Request-Timestamp': stampedNow(now, batch.skew),
      }),
      body: wellFormedJson(`{"created_at":"${createdAt}"${historical},"batch":[${batch.events.join(',')}]}`),
    }
  },
  interpret(reply) {
    if (!isSuccess(reply.status)) return verdictOfFailure(reply)
    // A success that cannot be read is final: a retry could repeat it for ever (docs/protocol.md §2.6).
    if (reply.kind === 'reply_too_long') return unreadable(reply.status, 'longer than any answer can be')
    return readResults(reply.status, reply.body, reply.retryAfter)
  },
}

function unreadable(status: number, why: string): Verdict {
  return { kind: 'rejected', status, detail: `unreadable answer: ${why}` }
}

function readResults(status: number, body: string, retryAfter: string | null): Verdict {
  let results: unknown
  try {
    results = JSON.parse(body)?.results
  } catch {
    return unreadable(status, 'not JSON')
  }
  if (typeof results !== 'object' || results === null || Array.isArray(results)) return unreadable(status, 'no results')
  const said = Object.entries(results).map(([uuid, entry]): Said => {
    const { result, details } = asRecord(entry)
    return [uuid, result, details]
  })
  return partialOf(said, retryAfter)
}
