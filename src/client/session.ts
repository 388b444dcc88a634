/** Sessions as PostHog counts them: shared by the tabs of an origin, ended by idleness or length. */

import { type KeyValueStore, stored } from './person'

/** posthog-js's idle timeout, in ms. */
export const SESSION_IDLE_MS = 30 * 60_000
/** A session ends after this many ms however active it is. */
export const SESSION_MAX_MS = 24 * 3_600_000
/** Activity is written down at most this often, in ms: storage is slow, captures may be many. */
const SAVE_EVERY_MS = 1_000

export interface Session {
  /** The id of the session that `now` belongs to; being asked counts as activity. */
  id(now: number): string
  reset(): void
}

interface State {
  id: string
  startedAt: number
  lastAt: number
}

const KEY = 'session'

/** A session's id is a UUID; what is longer than this is none of ours. */
const MAX_ID = 200

export function createSession(store: KeyValueStore, newId: () => string): Session {
  let state = parse(stored(store, KEY))
  let savedAt = 0

  const over = ({ startedAt, lastAt }: State, now: number) =>
    Math.abs(now - lastAt) > SESSION_IDLE_MS || Math.abs(now - startedAt) > SESSION_MAX_MS

  return {
    id(now) {
      const due = !state || Math.abs(now - savedAt) >= SAVE_EVERY_MS
      if (!due && state && !over(state, now)) {
        state.lastAt = now
        return state.id
      }
      // Another tab may have been active meanwhile, or have started the next session.
      const current = parse(stored(store, KEY)) ?? state
      state =
        current && !over(current, now) ? { ...current, lastAt: now } : { id: newId(), startedAt: now, lastAt: now }
      savedAt = now
      store.set(KEY, JSON.stringify(state))
      return state.id
    },
    reset() {
      state = undefined
      store.remove(KEY)
    },
  }
}

function parse({ id, startedAt, lastAt }: Record<string, unknown>): State | undefined {
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID) return undefined
  if (typeof startedAt !== 'number' || typeof lastAt !== 'number') return undefined
  return { id, startedAt, lastAt }
}
