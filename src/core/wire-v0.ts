/** PostHog's v0 batch endpoint (protocol.md §1). */

import { isSuccess, verdictOfFailure } from './verdict'
import type { Wire } from './wire'

export const v0: Wire = {
  readsBody: false,
  encode(batch, { apiKey, host, style, settings }, now) {
    const historical = batch.historical ? ',"historical_migration":true' : ''
    // Stamped anew for each attempt: the server moves an event by (its clock - sent_at), so a frozen one would move
    // it by the time that retries took (§10.6).
    const sentAt = new Date(now).toISOString()
    return {
      url: `${host}/batch/`,
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
}
