/** Delivers what posthog-js captures: it assembles the events, outlast queues and sends them. */

import type { Properties } from '../core/event/event'
import type { Outlast } from '../page/types'
import { cutAddresses } from './cut-addresses'
import { followingPerson } from './one-person'
import type { PostHogInstance } from './posthog-instance'
import { leaveOut } from './posthog-requests'

/** The event that posthog-js gives its `before_send` hooks. */
export interface PostHogEvent {
  /** The event's id, a UUID, by which the server recognises duplicates. */
  uuid: string
  /** The event's name. */
  event: string
  /** The event's own properties and those that posthog-js added, `token` and `distinct_id` among them. */
  properties: Properties
  /** Properties to set on the person. Default none. */
  $set?: Properties
  /** Properties to set on the person unless they are set already. Default none. */
  $set_once?: Properties
  /** Names of the person's properties to remove. Default none. */
  $unset?: string[]
  /** When the event happened. Default now. */
  timestamp?: Date
}

/** Events that posthog-js sends itself: session recordings are large, ordered, and go to an endpoint of their own. */
const KEPT = new Set(['$snapshot'])

/** The property of an event whose person is not known: posthog-js keeps nothing of it on the device. */
const COOKIELESS_MODE = '$cookieless_mode'

/**
 * Makes a `before_send` hook for posthog-js, which must be the last one if there are several. Every event goes into
 * outlast's queue as posthog-js assembled it, under its own uuid, timestamp, person and properties, and posthog-js does
 * not send it. `$set`, `$set_once` and `$unset` move into the properties, where the server reads them just the same.
 *
 * With `posthog`, the listeners of `eventCaptured` (surveys and recordings that start on an event) hear of each event,
 * `capture` returns its result, and the client's own `capture`, `identify`, `optOut` and so on are about posthog-js's
 * person and session. Without it, posthog-js takes each event for one that a hook has dropped.
 *
 * These stay posthog-js's: session recordings; events without a person (`cookieless_mode`), of which nothing may be
 * kept on the device; and events that outlast cannot take, because it has no API key, is shut down or is full. These
 * are dropped, with a warning, where outlast has a hook or a mask, in the page or in the worker: posthog-js would send
 * them as they were before. What a `beforeSend` of outlast drops, what outlast has no place for while it waits for a
 * consent, what is captured while the person is opted out of outlast, and what outlast holds because of its host or of a misspelt option that was to keep something back, is sent
 * by neither.
 *
 * @param outlast a client of the same project, or a function that makes it: it is called with the first event that
 * posthog-js captures, so that nothing is on the device before there is consent
 * @param posthog the instance that gets the hook; or a function that gives it, for posthog-js's HTML snippet:
 * `() => window.posthog`
 * @example
 * posthog.init(key, { api_host, before_send: deliverThrough(() => init(key, { host: api_host }), posthog) })
 */
export function deliverThrough(
  outlast: Outlast | (() => Outlast),
  posthog?: PostHogInstance | (() => PostHogInstance | undefined),
): <E extends PostHogEvent>(event: E | null) => E | null {
  const find = typeof posthog === 'function' ? posthog : () => posthog
  let give = typeof outlast === 'function' ? undefined : giver(outlast, find)
  return (event) => {
    if (!event || KEPT.has(event.event) || event.properties?.[COOKIELESS_MODE] === true) return event
    if (typeof event.properties?.distinct_id !== 'string') return event
    give ??= giver(typeof outlast === 'function' ? outlast() : outlast, find)
    const outcome = give(event)
    if (outcome === 'refused') return event
    const instance = find()
    // An event that is left out of the request goes on within posthog-js as if it had sent it.
    return outcome === 'accepted' && instance && leaveOut(event, instance) ? event : null
  }
}

/** `refused` events may be sent by posthog-js, `dropped` ones not. */
type Outcome = 'accepted' | 'refused' | 'dropped'

/**
 * The detail of each event that a client has to keep back: it names the client's host, or an option that does not
 * exist.
 */
const HELD_BACK = /^init: (?!(apiKey|needs a page)$)/

/** The methods of each client as they were before it followed a person of posthog-js. */
const originals = new WeakMap<Outlast, Outlast>()

/** Makes the client follow posthog-js's person, and gives the function that hands it an event. */
function giver(client: Outlast, find: () => PostHogInstance | undefined): (event: PostHogEvent) => Outcome {
  const own = originals.get(client) ?? { ...client }
  originals.set(client, own)
  const { enqueue, isOptOut } = own
  let outcome: Outcome = 'accepted'
  let isGiving = false
  const told = new Set<string>()
  // An event that cannot be taken is reported within the call that brings it.
  client.on('drop', ({ reason, detail, guarded }) => {
    // Fails closed: posthog-js would send the event past the hooks and the mask that are there to change it.
    outcome = guarded || reason === 'before_send' || HELD_BACK.test(detail) ? 'dropped' : 'refused'
    if (!isGiving || outcome === 'refused' || reason === 'before_send' || told.has(reason)) return
    told.add(reason)
    console.warn(
      `[outlast] events of posthog-js are dropped (${reason}: ${detail}): posthog-js would send them without what outlast's options keep back`,
    )
  })
  Object.assign(client, followingPerson(own, find))
  return (event) => {
    if (isOptOut()) return 'dropped'
    const { event: name, uuid, timestamp, properties } = event
    outcome = 'accepted'
    isGiving = true
    enqueue({
      event: name,
      uuid,
      distinctId: String(properties.distinct_id),
      properties: cutAddresses({ ...properties, ...personProperties(event) }),
      ...(timestamp ? { timestamp } : {}),
    })
    isGiving = false
    return outcome
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
