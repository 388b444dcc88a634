/** Runs `beforeSend` hooks, fail closed: what a hook did not clearly return is not sent (protocol.md §5). */

import { canonicalUuid, type OutlastEvent } from './event'
import { toUtcTimestamp } from './timestamp'
import { describe } from './values'

/** Returns the event to send, changed or not, or null to drop it. It runs once per event and must be synchronous. */
export type BeforeSend = (event: OutlastEvent) => OutlastEvent | null | undefined

export type HookResult = { ok: true; event: OutlastEvent } | { ok: false; detail: string; byChoice: boolean }

export function runBeforeSend(hooks: readonly BeforeSend[], event: OutlastEvent): HookResult {
  const { uuid, timestamp } = event
  let current = event
  for (const hook of hooks) {
    try {
      const returned: unknown = hook(current)
      if (returned === null || returned === undefined) {
        return { ok: false, detail: 'beforeSend returned nothing', byChoice: true }
      }
      const problem = problemWith(returned)
      if (problem) return { ok: false, detail: problem, byChoice: false }
      // A hook may change uuid and timestamp, but not to nonsense: one bad uuid fails a whole v1 batch (§0.9).
      const changed = returned as OutlastEvent
      current = {
        ...changed,
        uuid: canonicalUuid(changed.uuid) ?? uuid,
        timestamp: toUtcTimestamp(changed.timestamp) ?? timestamp,
      }
    } catch (error) {
      return { ok: false, detail: `beforeSend threw: ${describe(error)}`, byChoice: false }
    }
  }
  return { ok: true, event: current }
}

function problemWith(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return `beforeSend returned a ${typeof value}, not an event`
  if ('then' in value) return 'beforeSend returned a promise; it must be synchronous'
  const { event, distinctId, properties } = value as Partial<OutlastEvent>
  if (typeof event !== 'string' || event.trim() === '') return 'beforeSend returned an event without a name'
  if (typeof distinctId !== 'string' || distinctId === '') return 'beforeSend returned an event without a distinctId'
  if (typeof properties !== 'object' || properties === null) return 'beforeSend returned an event without properties'
  return undefined
}
