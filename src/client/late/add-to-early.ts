/** Adds to the events so far what plugins that load late say of them. Loaded where there are such plugins. */

import { asRecord } from '../../core/base/values'
import { parseEvent, serializeEvent } from '../../core/event/codec'
import type { Properties } from '../../core/event/event'
import { uuidOf } from '../../core/event/event-json'
import type { Handover } from '../../core/queue/handover'
import type { Early } from '../first/capture'
import type { Addition } from '../first/client-events'
import type { Front } from '../first/front'
import { allowed } from './allowed'
import { amendOutbox } from './amend-outbox'
import type { Masking } from './masking'

/** @returns the handovers that were amended */
export function addToEarly(
  front: Pick<Front, 'outbox' | 'setup'>,
  masking: Masking | undefined,
  additions: ReadonlyMap<string, [made: Early, additions: Addition[]]>,
): Handover[] {
  const { apiKey, hooks } = front.setup
  return amendOutbox(front, (json, format) => {
    const [made, found] = additions.get(uuidOf(json)) ?? []
    if (!made || !found) return undefined
    const event = parseEvent(json, format)
    const more = allowed(event, moreOf(event.properties, made.given.properties, found), hooks)
    return serializeEvent({ ...event, properties: { ...event.properties, ...more } }, format, apiKey, masking)
  })
}

/** What is added to the properties: what the caller gave or registered wins. */
function moreOf(own: Properties, given: unknown, additions: readonly Addition[]): Properties {
  const more: Properties = {}
  for (const [properties, once] of additions) {
    for (const name of Object.keys(properties)) if (!Object.hasOwn(own, name)) more[name] = properties[name]
    // A super property `$set_once` counts as the site has registered it: nothing is added to it.
    const isSuper = Object.hasOwn(own, '$set_once') && !Object.hasOwn(asRecord(given), '$set_once')
    // PostHog takes no property of the person from an event that makes no profile. When the addition was put together,
    // this was not known of the event yet.
    const isAnyones = own.$process_person_profile === false
    if (once && !isSuper && !isAnyones)
      more.$set_once = { ...once, ...asRecord(more.$set_once), ...asRecord(own.$set_once) }
  }
  return more
}
