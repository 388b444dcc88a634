/** PostHog's v0 batch endpoints: for all events, and for `captureAi` (docs/protocol.md §1). */

import { wellFormedJson } from '../event/well-formed-json'
import { overlay } from './overlay'
import { stampedNow } from './stamped-now'
import { isSuccess, verdictOfFailure } from './verdict'
import type { Wire } from './wire'
import { batchBody } from './wire-body'

const batchEndpoint = (path: string): Wire => ({
  readsBody: false,
  encode(batch, { apiKey, host, style, settings }, now) {
    return {
      url: host + path,
      headers: overlay(
        { 'Content-Type': style === 'simple' ? 'text/plain' : 'application/json' },
        settings.requestHeaders,
      ),
      body: wellFormedJson(batchBody(apiKey, batch.events, stampedNow(now, batch.skew), batch.historical)),
    }
  },
  interpret(reply) {
    return isSuccess(reply.status) ? { kind: 'delivered' } : verdictOfFailure(reply)
  },
})

export const v0 = batchEndpoint('/batch/')
export const ai = batchEndpoint('/i/v0/ai/batch/')
