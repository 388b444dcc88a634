/** Whether this person may be observed at all: kept across pages, and asked before anything else. */

import type { Millis } from '../core/ports'
import type { KeyValueStore } from './person'

/** What a person chose, and when, by the platform's clock; `at` 0 for never, or for a choice of an earlier version. */
export interface Choice {
  refused: boolean
  at: Millis
}

export interface Consent {
  readonly optedOut: boolean
  /** The latest choice that is known here. */
  readonly choice: Choice
  /** The person chooses here and now. */
  choose(refused: boolean, now: Millis): Choice
  /** A choice that is known elsewhere: the later one holds. Returns whether it was not known here. */
  learn(choice: Choice): boolean
}

const KEY = 'opt_out'
const AT_KEY = 'opt_out_at'

export function createConsent(store: KeyValueStore): Consent {
  /** What storage forgets, because it is full, or is cleared by the site, is known here. */
  let known: Choice = { refused: false, at: 0 }

  function keep(choice: Choice): Choice {
    known = choice
    store.set(KEY, String(choice.refused))
    store.set(AT_KEY, String(choice.at))
    return choice
  }

  const consent: Consent = {
    // Read each time: another tab may have changed it, and one read costs less than one wrong event.
    get choice() {
      const stored = { refused: store.get(KEY) === 'true', at: Number(store.get(AT_KEY)) || 0 }
      return known.at > stored.at ? known : stored
    },
    get optedOut() {
      return consent.choice.refused
    },
    choose: (refused, now) => keep({ refused, at: Math.max(now, consent.choice.at + 1) }),
    learn({ refused, at }) {
      const isNews = at > consent.choice.at
      if (isNews) keep({ refused, at })
      return isNews
    },
  }
  return consent
}

export interface ConsentedStore extends KeyValueStore {
  optedIn(): void
  /** Wipes the device. What was set since the person opted out is in memory alone, and stays there. */
  clear(): void
}

/** A store that keeps nothing on the device while the person is opted out, and what it then holds once they opt in. */
export function consentedStore(store: KeyValueStore, consent: Consent): ConsentedStore {
  const memory = new Map<string, string>()
  const written = new Set<string>()
  return {
    get: (key) => memory.get(key) ?? store.get(key),
    set(key, value) {
      written.add(key)
      if (consent.optedOut) {
        memory.set(key, value)
        return
      }
      memory.delete(key)
      store.set(key, value)
    },
    remove(key) {
      memory.delete(key)
      store.remove(key)
    },
    optedIn() {
      for (const [key, value] of memory) store.set(key, value)
      memory.clear()
    },
    clear() {
      for (const key of written) store.remove(key)
    },
  }
}
