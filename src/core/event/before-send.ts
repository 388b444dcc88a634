/** Runs `beforeSend` hooks, fail closed: only an event that a hook clearly returned is sent (docs/protocol.md §5). */

import { asRecord, isObject, isPresent, isText, show } from '../base/values'
import { canonicalUuid, type OutlastEvent } from './event'

/**
 * A hook that returns the event, changed or not, or null to drop it as `before_send`. It runs once per event and must
 * be synchronous. Fail closed: a hook that throws, or returns a promise or anything that is not an event, drops the
 * event too. An invalid `uuid` or `timestamp` is put back.
 *
 * @example
 * beforeSend: (event) => (event.event === 'internal' ? null : event)
 */
export type BeforeSend = (event: OutlastEvent) => OutlastEvent | null | undefined

export type HookResult = { event: OutlastEvent } | { event?: undefined; detail: string; byChoice?: boolean }

/** A caller's time in RFC 3339 in UTC, or `undefined` for an invalid one. */
export type ToUtc = (value: unknown) => string | undefined

export function runBeforeSend(hooks: Iterable<BeforeSend>, event: OutlastEvent, toUtc: ToUtc): HookResult {
  const { uuid, timestamp } = event
  let current = event
  for (const hook of hooks) {
    try {
      const returned: unknown = hook(current)
      // This refuses a promise too: hooks are synchronous.
      if (!isEvent(returned)) {
        return { detail: `beforeSend returned ${show(returned)}`, byChoice: !isPresent(returned) }
      }
      // An invalid uuid or timestamp is put back: one bad uuid fails a whole v1 request (docs/protocol.md §2.4).
      current = {
        ...returned,
        uuid: canonicalUuid(returned.uuid) ?? uuid,
        timestamp: toUtc(returned.timestamp) ?? timestamp,
      }
    } catch (error) {
      return { detail: `beforeSend threw: ${show(error)}` }
    }
  }
  return { event: current }
}

function isEvent(value: unknown): value is OutlastEvent {
  const { event, properties, distinctId } = asRecord(value)
  return isText(event) && isText(distinctId) && isObject(properties)
}
