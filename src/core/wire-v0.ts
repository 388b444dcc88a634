/** PostHog's v0 batch endpoints: for all events, and for `captureAi` (protocol.md §1). */

import { isSuccess, verdictOfFailure } from './verdict'
import type { Wire } from './wire'

const batchEndpoint = (path: string): Wire => ({
  readsBody: false,
  encode(batch, { apiKey, host, style, settings }, now) {
    const historical = batch.historical ? ',"historical_migration":true' : ''
    // Stamped anew for each attempt: the server moves an event by (its clock - sent_at), so a frozen one would move
    // it by the time that retries took (§10.6).
    const sentAt = new Date(now).toISOString()
    return {
      url: host + path,
      headers: {
        'Content-Type': style === 'simple' ? 'text/plain' : 'application/json',
        ...settings.requestHeaders,
      },
      body: `{"api_key":${JSON.stringify(apiKey)},"sent_at":"${sentAt}"${historical},"batch":[${batch.events.join(',')}]}`,
    }
  },
  interpret(reply) {
    return isSuccess(reply.status)
      ? { kind: 'delivered' }
      : verdictOfFailure(reply.status, reply.kind === 'reply' ? reply.retryAfter : null)
  },
})

export const v0 = batchEndpoint('/batch/')
export const ai = batchEndpoint('/i/v0/ai/batch/')
