/**
 * What the queue of a relay (`outlast/relay`) may store and send. A relay has a queue for each host, so the host of the
 * queue's config is the only place where its requests go.
 */

import { isCount } from '../base/is-count'
import { asRecord } from '../base/values'

export interface RelayConfig {
  /** Headers that may be stored besides those of `STORED_ALWAYS`, by their names in lower case, each for so many ms. */
  headers: Record<string, number>
  /** The statuses that mean delivered. Default: from 200 to 299. */
  delivered?: number[]
}

/** What the API key of a relay's queue begins with, in place of a project's token. */
const RELAY_PREFIX = 'relay:'

/** Whether a queue of that name, or with that API key, is a relay's: its records are requests, and no events. */
export const isOfRelay = (queue: string): boolean => queue.startsWith(RELAY_PREFIX)

export const relayKey = (name: string): string => RELAY_PREFIX + name

/**
 * The host of a relay that has none: a refusal holds for all relays of its name. No request can go there
 * (RFC 6761 §6.4).
 */
export const NOWHERE = 'https://invalid'

/**
 * Headers that may always be stored: those that describe the body or the wanted answer, and the one by which a server
 * knows a repeated request.
 */
export const STORED_ALWAYS = /^(accept(-language)?|content-\w+|idempotency-key)$/i

/** The most headers that a relay may name, and a request may have. */
export const MAX_HEADERS = 50

/** The most statuses that there are. */
const MAX_STATUSES = 600

/** A relay's host is an origin: it has no path, so that each address of its requests goes on with a slash. */
export const isOrigin = (host: string): boolean => /^https?:\/\/[^\s/?#\\@]+$/i.test(host)

export function readRelayConfig(raw: unknown): RelayConfig {
  const { headers, delivered } = asRecord(raw)
  const named = Object.entries(asRecord(headers)).flatMap(([name, ms]) =>
    typeof ms === 'number' && ms > 0 ? [[name.toLowerCase(), ms] as const] : [],
  )
  const config: RelayConfig = { headers: Object.fromEntries(named.slice(0, MAX_HEADERS)) }
  return Array.isArray(delivered)
    ? { ...config, delivered: Array.from(delivered).slice(0, MAX_STATUSES).filter(isCount) }
    : config
}
