/**
 * What plugins that load late add to the events that were captured before they were there. No host is given an event
 * meanwhile; the journal and page exit work as ever, so a page that is left sends its events as they were made.
 */

import type { Clock } from '../../core/base/ports'
import { asRecord, show } from '../../core/base/values'
import { within } from '../../core/base/within'
import { runBeforeSend } from '../../core/event/before-send'
import { parseEvent, serializeEvent } from '../../core/event/codec'
import type { OutlastEvent, Properties } from '../../core/event/event'
import { uuidOf } from '../../core/event/event-json'
import type { Handover } from '../../core/queue/handover'
import type { Early } from '../first/capture'
import type { Adding, Addition, Front } from '../first/front'
import { amendOutbox } from './amend-outbox'
import { debug } from './debug'
import type { Masking } from './masking'

/** After this many ms the events go without what a plugin would add that has not loaded. */
const ADDING_LIMIT_MS = 3_000

type FrontPart = Pick<Front, 'capture' | 'outbox' | 'config' | 'emitter'>

export interface Additions {
  /** Goes on noting events until the plugins are there, and then amends them. To be called once events are written in full. */
  begin(masking: Masking | undefined): void
  /** Resolves once the events are amended, or the time is over; at once where nothing adds to events. */
  settled(): Promise<void>
}

/**
 * To be called before the first code's events are written in full.
 *
 * @param onAmended called with the handovers that are not any more what may be on disk of them. What it returns is waited for
 */
export function createAdditions(
  front: FrontPart,
  clock: Clock,
  onAmended: (handovers: Handover[]) => Promise<void> | undefined,
): Additions {
  const { capture, emitter } = front
  const loading: Promise<Adding>[] = []
  emitter.emit('adding', loading)
  const early = capture.early ?? []
  let onSettled: (() => void) | undefined
  const settled = new Promise<void>((resolve) => (onSettled = resolve))
  if (loading.length === 0) onSettled?.()

  async function amend(masking: Masking | undefined): Promise<void> {
    const adding: Adding[] = []
    // What cannot be loaded adds nothing. Its plugin says so.
    const all = loading.map((one) => one.then((known) => void adding.push(known)))
    await within(ADDING_LIMIT_MS, Promise.allSettled(all), clock)
    // Read, and ended, in one task with what follows: from then on plugins add to events when they are made.
    capture.early = undefined
    const additions = new Map<string, [made: Early, additions: Addition[]]>()
    for (const made of early) {
      const found = adding.map((of) => of(made.event.properties)).filter((one) => one !== undefined)
      if (found.length > 0) additions.set(made.event.uuid, [made, found])
    }
    await onAmended(addTo(front, masking, additions))
  }

  return {
    begin(masking) {
      if (loading.length === 0) return
      capture.early = early
      amend(masking)
        .catch((error) => debug(front.config.log, `events go as they were made: ${show(error)}`))
        .finally(onSettled)
    },
    settled: () => settled,
  }
}

/** @returns the handovers that were amended */
function addTo(
  front: FrontPart,
  masking: Masking | undefined,
  additions: ReadonlyMap<string, [made: Early, additions: Addition[]]>,
): Handover[] {
  const { apiKey, hooks } = front.config
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
    // A registered one counts whole.
    const isSuper = Object.hasOwn(own, '$set_once') && !Object.hasOwn(asRecord(given), '$set_once')
    if (once && !isSuper) more.$set_once = { ...once, ...asRecord(more.$set_once), ...asRecord(own.$set_once) }
  }
  return more
}

/**
 * The part that the site's hooks leave. They have seen the event without it, or are of a later `init`. The event itself
 * stays as they have returned it, or as it was captured before there were any: nothing is dropped at this point.
 */
function allowed(event: OutlastEvent, more: Properties, hooks: Front['config']['hooks']): Properties {
  if (hooks.size === 0) return more
  const whole = { ...event, properties: { ...event.properties, ...more } }
  const seen = asRecord(runBeforeSend(hooks, whole, () => event.timestamp).event?.properties)
  return Object.fromEntries(
    Object.keys(more).flatMap((name) => (Object.hasOwn(seen, name) ? [[name, seen[name]]] : [])),
  )
}
