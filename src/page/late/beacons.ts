/** Sends events of every kind by `navigator.sendBeacon`, as page exit does once this code has loaded. */

import type { QueueConfig } from '../../core/config/queue-config'
import { parseEvent, serializeEvent } from '../../core/event/codec'
import type { EventJson } from '../../core/event/event'
import { wellFormedJson } from '../../core/event/well-formed-json'
import { plainBody } from '../../core/protocol/plain-body'
import { batchBody, HISTORICAL } from '../../core/protocol/wire-body'
import type { Handover } from '../../core/queue/handover'
import { accepted } from '../first/beacon'

export interface BeaconConfig extends Pick<QueueConfig, 'apiKey' | 'host' | 'endpoint'> {
  /** Headers of the site's own, by which its own endpoint may know whose the events are. A beacon cannot carry them. */
  requestHeaders?: object
  wall(): number
}

/** If the browser refuses a body of not many more characters than this, the page's 64 KiB are used up. */
const SMALLEST_SPLIT = 2_048

/**
 * The longest body that is offered next, as a part of the shortest one that was refused. Bodies that are hardly shorter
 * would be as many calls as there are events, each of a ms, while the visitor waits for the next page.
 */
const SHORTER = 0.75

/**
 * Sends as many events as the browser takes, in order, each to the endpoint of its format and on its lane.
 *
 * @returns the handovers whose events were all taken
 */
export function beacons(handovers: Handover[], config: BeaconConfig): Handover[] {
  const { apiKey, host, endpoint, requestHeaders = {}, wall } = config
  if (endpoint && (!endpoint.path || Object.keys(requestHeaders).length > 0)) return []

  /**
   * The request for these events; `undefined` where they are for a site's own endpoint that is not known: they go
   * nowhere else.
   */
  function requestOf(
    events: EventJson[],
    { format, lane, skew }: Handover,
  ): { path: string; body: string } | undefined {
    const sentAt = new Date(wall() + skew).toISOString()
    if (endpoint) return { path: endpoint.path, body: plainBody(events, format, sentAt, endpoint.body) }
    if (format === 'json') return undefined
    const forV0 = (json: EventJson) => serializeEvent(parseEvent(json, 'v1'), 'v0', apiKey)
    const made = format === 'v1' ? events.map(forV0) : events
    const body = wellFormedJson(batchBody(apiKey, made, sentAt, lane === 'historical' ? HISTORICAL : ''))
    return { path: `${format === 'ai' ? '/i/v0/ai' : ''}/batch/?beacon=1`, body }
  }

  /** The characters that a body may have at most: what is left of 64 KiB grows no more while a page is left. */
  let limit = Number.POSITIVE_INFINITY

  /** Returns the events that the browser refused, or that it would. */
  function send(events: EventJson[], kind: Handover): EventJson[] {
    if (events.length === 0) return []
    const request = limit < SMALLEST_SPLIT ? undefined : requestOf(events, kind)
    if (!request) return events
    const { length } = request.body
    if (length <= limit) {
      if (accepted(host + request.path, request.body)) return []
      limit = length * SHORTER
    }
    if (events.length === 1) return events
    const half = Math.ceil(events.length / 2)
    return send(events.slice(0, half), kind).concat(send(events.slice(half), kind))
  }

  /** Handovers by format, lane and skew: those of one kind can share a request. */
  const alike: Record<string, Handover[]> = {}
  for (const handover of handovers) {
    const { format, lane, skew } = handover
    const kind = [format, lane, skew].join()
    alike[kind] ??= []
    alike[kind].push(handover)
  }
  const refused = new Set(
    Object.values(alike).flatMap((some) =>
      send(
        some.flatMap(({ events }) => events),
        some[0] as Handover,
      ),
    ),
  )
  return handovers.filter(({ events }) => !events.some((json) => refused.has(json)))
}
