/**
 * The wire of a relay: each stored request is sent as it was handed over. What is read from disk is checked again,
 * since a damaged record must neither stop the others nor go where no request of this queue may go.
 */

import type { Millis } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import { MAX_HEADERS, STORED_ALWAYS } from '../config/relay-config'
import { parseRelayRecord, type RelayRecord } from '../event/relay-record'
import { overlay } from './overlay'
import { isSuccess, type Verdict, verdictOfFailure } from './verdict'
import type { BatchToSend, Wire } from './wire'

export const relay: Wire = {
  readsBody: false,
  encode({ events: [json = ''] }, { settings }) {
    // `unfit` has found before that the record can be read.
    const { request } = parseRelayRecord(json) as RelayRecord
    return { ...request, headers: overlay(request.headers, settings.requestHeaders) }
  },
  unfit({ events: [json = ''] }: BatchToSend, config: QueueConfig, now: Millis): Verdict | undefined {
    const record = parseRelayRecord(json)
    if (record === 'newer') {
      const cause = 'a later version of the library has stored the request'
      return { kind: 'retry', cause, answered: false, online: false, retryAfter: null, blockedBy: cause }
    }
    const detail = record ? forbidden(record, config) : 'the stored request is damaged'
    if (detail !== undefined) return { kind: 'unfit', reason: 'corrupt', detail }
    const old = outlived(record as RelayRecord, config, now)
    return old === undefined
      ? undefined
      : { kind: 'unfit', reason: 'expired', detail: `its header ${old} may be stored no longer` }
  },
  interpret(reply, config) {
    const { status } = reply
    if (config?.relay?.delivered?.includes(status) ?? isSuccess(status)) return { kind: 'delivered' }
    if (!isSuccess(status)) return verdictOfFailure(reply)
    return { kind: 'retry', cause: `status ${status}`, answered: true, retryAfter: null }
  },
}

/** Why a relay's queue may not send the request; `undefined` if it may. */
function forbidden(
  { request: { url, headers }, keptFor }: RelayRecord,
  { host, relay: allowed }: QueueConfig,
): string | undefined {
  // The host is an origin, and a browser has written the address, so only a slash can end the address's origin.
  if (!allowed || !asQueueNamesHost(url).startsWith(`${host}/`)) return 'its host is none of the relay'
  const names = Object.keys(headers)
  if (names.length > MAX_HEADERS || !names.every((name) => HEADER.test(`${name}:${headers[name]}`)))
    return 'its headers cannot be sent'
  // Another relay to this host, or an earlier page of the site, may have stored the request under other options.
  const secret = keptFor === undefined && names.find((name) => !mayBeStored(name, allowed.headers))
  return secret ? `its header ${secret} may not be stored` : undefined
}

/** A header that `fetch` takes, with a colon between name and value: also one whose value is blank, or no ASCII. */
const HEADER = /^[!#$%&'*+.^`|~\w-]+:[^\0\r\n\u0100-\uffff]*$/

/** PostHog's app hosts are in a queue's name as its ingestion hosts: `hostFrom` of core/config/queue-config.ts. */
const asQueueNamesHost = (url: string) =>
  url.replace(
    /^(https:\/\/)(?:app|us|(eu))(\.posthog\.com\/)/,
    (_, scheme, eu = 'us', rest) => `${scheme + eu}.i${rest}`,
  )

/** Whether a header may be on disk, by its name in any case. */
const mayBeStored = (name: string, allowed: Record<string, number>): boolean =>
  STORED_ALWAYS.test(name) || Object.hasOwn(allowed, name.toLowerCase())

/**
 * The name of a header that was stored for longer than the queue's config allows, or than the relay allowed that stored
 * it. A header that the config does not name has no limit in the config.
 */
function outlived(
  { request, at, keptFor = Number.POSITIVE_INFINITY }: RelayRecord,
  { relay: allowed }: QueueConfig,
  now: Millis,
): string | undefined {
  return Object.keys(request.headers).find((name) => {
    // `now` stands for no limit: no request is older than the epoch.
    const limit = allowed?.headers[name.toLowerCase()] ?? now
    return now - at > limit || (now - at > keptFor && !STORED_ALWAYS.test(name))
  })
}
