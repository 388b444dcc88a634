import { asRecord } from '../base/values'
import { MAX_HOST, type QueueConfig, readApiKey } from './queue-config'
import type { Warn } from './read-option'
import { readSettings } from './settings'

/** Parses a queue's config from a message or a stored record. `undefined` for a value that is none. */
export function readQueueConfig(raw: unknown, warn: Warn = () => undefined): QueueConfig | undefined {
  const { apiKey, host, style, settings } = asRecord(raw)
  const key = readApiKey(apiKey)
  if (!key || typeof host !== 'string' || !/^https?:\/\//i.test(host)) return undefined
  if (host.length > MAX_HOST || (style !== 'simple' && style !== 'headers')) return undefined
  return { apiKey: key, host, style, settings: readSettings(settings, warn) }
}
