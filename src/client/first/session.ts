/** Sessions as PostHog counts them: of one person, shared by the tabs of an origin, ended by idleness or length. */

import { asRecord } from '../../core/base/values'
import { asItIs, canonicalUuid } from '../../core/event/event'
import { type KeyValueStore, OWN, parsed } from './person'

/** A session ends after this many ms without activity, as in posthog-js. */
export const SESSION_IDLE_MS = 30 * 60_000
/** A session ends after this many ms however active it is. */
export const SESSION_MAX_MS = 24 * 3_600_000
/** The least time between two writes of the last activity, in ms: storage is slow, captures may be many. */
const SAVE_EVERY_MS = 1_000

export interface Session {
  /**
   * The id of the person's session at `now`, by the wall clock. Where none goes on, one begins.
   *
   * @param active whether the call counts as activity
   */
  id(anonymousId: string, now: number, active?: boolean): string
}

interface State {
  id: string
  startedAt: number
  lastAt: number
}

export function createSession(store: KeyValueStore, newId: () => string): Session {
  let key = ''
  let state: State | undefined
  let savedAt = 0

  /** Whether the session goes on at `now`. False for a record without valid times. */
  const goesOn = ({ lastAt, startedAt }: State, now: number) =>
    Math.abs(now - lastAt) <= SESSION_IDLE_MS && Math.abs(now - startedAt) <= SESSION_MAX_MS

  /** The session as it was last known, if it goes on at `now`. */
  function current(anonymousId: string, now: number): State | undefined {
    // The key names the person: a tab that does not know of a reset yet writes under the old person's key, and so
    // cannot give the old session to the new person.
    const its = `${OWN}${anonymousId}:session`
    if (its !== key) state = undefined
    key = its
    // Another tab may have been active meanwhile, or have started the next session.
    const record = asRecord(parsed(store, key)) as Partial<State>
    if (canonicalUuid(record.id)) state = record as State
    else savedAt = 0
    return state && goesOn(state, now) ? state : undefined
  }

  function save(next: State): string {
    state = next
    savedAt = next.lastAt
    store.set(key, JSON.stringify(next, asItIs))
    return next.id
  }

  return {
    id(anonymousId, now, active) {
      const going = current(anonymousId, now)
      if (!going) return save({ id: newId(), startedAt: now, lastAt: now })
      return active && Math.abs(now - savedAt) >= SAVE_EVERY_MS ? save({ ...going, lastAt: now }) : going.id
    },
  }
}
