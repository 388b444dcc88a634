import { type QueueConfig, queueKey } from '../../../src/core/config/queue-config'
import { type RelayConfig, relayKey } from '../../../src/core/config/relay-config'
import type { TransportSettings } from '../../../src/core/config/settings'
import { serializeForV0 } from '../../../src/core/event/event'
import { RECORD_VERSION, type RelayRequest } from '../../../src/core/event/relay-record'
import { configOf, uuid } from './fixtures'

export const INGEST = 'https://ingest.example.com'

/** The time of the stored requests: that of a virtual clock that begins. */
export const HANDED_OVER = 1_767_225_600_000

/** As a page's relay makes it: requests go at once, one each, and one at a time. */
export function relayConfigOf(
  relay: Partial<RelayConfig> = {},
  settings: Partial<TransportSettings> = {},
  host = INGEST,
): QueueConfig {
  const own = { flushAt: 1, flushInterval: 0, maxBatchSize: 1, maxConcurrentRequests: 1 }
  return {
    ...configOf({ ...own, ...settings }),
    apiKey: relayKey('test'),
    host,
    relay: { headers: {}, ...relay },
  }
}

export const relayQueueOf = (config: QueueConfig) => queueKey(config)

/** The n-th stored request. */
export function relayJson(n: number, request: Partial<RelayRequest> = {}, key?: string, at = HANDED_OVER): string {
  const { url = `${INGEST}/collect?n=${n}` } = request
  const whole: RelayRequest = { method: 'POST', headers: {}, body: `body ${n}`, credentials: 'omit', ...request, url }
  const properties = { relay: RECORD_VERSION, ...whole, key }
  const event = { event: `${whole.method} ${url}`, uuid: uuid(n), distinctId: 'relay', properties }
  return serializeForV0({ ...event, timestamp: new Date(at).toISOString() }, relayKey('test'), undefined)
}
