/** Sessions as PostHog counts them: of one person, shared by the tabs of an origin, ended by idleness or length. */

import { asRecord } from '../../core/base/values'
import { canonicalUuid } from '../../core/event/event'
import { type KeyValueStore, OWN, parsed } from './person'

/** A session ends after this many ms without activity, as in posthog-js. */
export const SESSION_IDLE_MS = 30 * 60_000
/** A session ends after this many ms however active it is. */
export const SESSION_MAX_MS = 24 * 3_600_000
/** The least time between two writes of the last activity, in ms: storage is slow, captures may be many. */
const SAVE_EVERY_MS = 1_000

export interface Session {
  /** The id of the person's session at `now`, by the wall clock. Each call counts as activity. */
  id(anonymousId: string, now: number): string
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
  const goesOn = ({ startedAt, lastAt }: State, now: number) =>
    Math.abs(now - lastAt) <= SESSION_IDLE_MS && Math.abs(now - startedAt) <= SESSION_MAX_MS

  return {
    id(anonymousId, now) {
      // The key names the person: a tab that does not know of a reset yet writes under the old person's key, and so
      // cannot give the old session to the new person.
      const its = `${OWN}${anonymousId}:session`
      if (its !== key) state = undefined
      key = its
      // Another tab may have been active meanwhile, or have started the next session.
      const record = asRecord(parsed(store, key)) as Partial<State>
      const kept = canonicalUuid(record.id) ? (record as State) : undefined
      const current = kept ?? state
      const going = current && goesOn(current, now) ? current : { id: newId(), startedAt: now }
      state = { ...going, lastAt: now }
      if (state.id !== kept?.id || Math.abs(now - savedAt) >= SAVE_EVERY_MS) {
        savedAt = now
        store.set(key, JSON.stringify(state))
      }
      return state.id
    },
  }
}
