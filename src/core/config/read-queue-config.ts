import { asRecord } from '../base/values'
import { readEndpoint } from './endpoint'
import { MAX_HOST, type QueueConfig, readApiKey } from './queue-config'
import type { Warn } from './read-option'
import { isOfRelay, isOrigin, readRelayConfig } from './relay-config'
import { readSettings } from './settings'

/** Parses a queue's config from a message or a stored record. `undefined` for a value that is none. */
export function readQueueConfig(raw: unknown, warn: Warn = () => undefined): QueueConfig | undefined {
  const { apiKey, host, style, settings, headersAsked, endpoint, relay } = asRecord(raw)
  const key = readApiKey(apiKey)
  if (!key || typeof host !== 'string' || !/^https?:\/\//i.test(host)) return undefined
  if (host.length > MAX_HOST || (style !== 'simple' && style !== 'headers')) return undefined
  // A host goes by the queue's name alone where it decides whether hooks for events see what the queue holds (`isOfRelay`).
  // So a config is refused that says otherwise than the name.
  if (isOfRelay(key) ? relay === undefined || !isOrigin(host) : relay !== undefined) return undefined
  const config: QueueConfig = { apiKey: key, host, style, settings: readSettings(settings, warn) }
  // A site that receives its events itself can answer the preflight that headers cost.
  if ((endpoint ?? undefined) !== undefined)
    Object.assign(config, { endpoint: readEndpoint(endpoint), style: 'headers' })
  if (relay !== undefined) config.relay = readRelayConfig(relay)
  // Fails closed: whatever is there but not `false` was to say that headers are asked for.
  return (headersAsked ?? false) === false ? config : { ...config, headersAsked: true }
}
