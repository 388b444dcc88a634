/** Sessions as PostHog counts them: shared by the tabs of an origin, ended by idleness or length, each of one person. */

import { asRecord } from '../../core/base/values'
import { canonicalUuid } from '../../core/event/event'
import { type KeyValueStore, OWN, parsed } from './person'

/** posthog-js's idle timeout, in ms. */
export const SESSION_IDLE_MS = 30 * 60_000
/** A session ends after this many ms however active it is. */
export const SESSION_MAX_MS = 24 * 3_600_000
/** Activity is written down at most this often, in ms: storage is slow, captures may be many. */
const SAVE_EVERY_MS = 1_000

export interface Session {
  /** The id of the person's session that `now`, by the wall clock, belongs to; being asked counts as activity. */
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

  /** Not of what holds no times either. */
  const goesOn = ({ startedAt, lastAt }: State, now: number) =>
    Math.abs(now - lastAt) <= SESSION_IDLE_MS && Math.abs(now - startedAt) <= SESSION_MAX_MS

  return {
    id(anonymousId, now) {
      // A tab that does not know of a reset yet cannot give the old session to the new person: it writes elsewhere.
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
