/** Delivers what posthog-js captures: it assembles the events, outlast queues and sends them. */

import type { Properties } from '../core/event/event'
import type { Outlast } from '../page/types'

/** The event that posthog-js gives its `before_send` hooks. */
export interface PostHogEvent {
  uuid: string
  event: string
  properties: Properties
  $set?: Properties
  $set_once?: Properties
  $unset?: string[]
  timestamp?: Date
}

/** Events that posthog-js sends itself: session recordings are large, ordered, and go to an endpoint of their own. */
const KEPT = new Set(['$snapshot'])

/**
 * Makes a `before_send` hook for posthog-js, which must be the last one if there are several. Every event goes into
 * outlast's queue as posthog-js assembled it, under its own uuid, timestamp, person and properties, and posthog-js does
 * not send it. `$set`, `$set_once` and `$unset` move into the properties, where the server reads them just the same.
 * Session recordings, and values that are no events of posthog-js, pass through.
 *
 * Listeners of posthog-js's `eventCaptured` (surveys and recordings that start on an event) do not hear of these
 * events.
 *
 * @param outlast a client of the same project
 * @example
 * posthog.init(key, { api_host, before_send: deliverThrough(init(key, { host: api_host })) })
 */
export function deliverThrough(
  outlast: Pick<Outlast, 'enqueue'>,
): <E extends PostHogEvent>(event: E | null) => E | null {
  return (event) => {
    if (!event || KEPT.has(event.event)) return event
    const distinctId = event.properties?.distinct_id
    if (typeof distinctId !== 'string') return event
    const { event: name, uuid, timestamp, properties } = event
    outlast.enqueue({
      event: name,
      uuid,
      distinctId,
      properties: { ...properties, ...personProperties(event) },
      ...(timestamp ? { timestamp } : {}),
    })
    return null
  }
}

/** The person properties of an event. Those beside `properties` win over those in it, as on the server. */
export function personProperties(event: PostHogEvent): Properties {
  const found: Properties = {}
  for (const name of ['$set', '$set_once'] as const) {
    if (event[name]) found[name] = { ...(event.properties[name] as Properties | undefined), ...event[name] }
  }
  if (event.$unset) found.$unset = event.$unset
  return found
}
