/** Whether this person may be observed at all: kept across pages, and asked before anything else. */

import type { Millis } from '../../core/base/ports'
import { type KeyValueStore, PERSON_KEY, STAMP_KEY } from './person'

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
  /** A later choice, which was made elsewhere. */
  keep(choice: Choice): void
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
    keep,
  }
  return consent
}

export interface ConsentedStore extends KeyValueStore {
  /** Called right before the person opts in: if they were opted out, what is in memory goes to the device. */
  optedIn(): void
  /** Wipes off the device what a reset leaves. What was set since the person opted out is in memory alone, and stays. */
  clear(): void
}

/** A store that keeps nothing on the device while the person is opted out, and what it then holds once they opt in. */
export function consentedStore(store: KeyValueStore, consent: Consent): ConsentedStore {
  const memory = new Map<string, string>()
  /** Opted in elsewhere, the person is whoever that tab wrote down. */
  const held = () => {
    if (memory.size > 0 && !consent.optedOut) memory.clear()
    return memory
  }
  return {
    get: (key) => held().get(key) ?? store.get(key),
    set: (key, value) => void (consent.optedOut ? memory : store).set(key, value),
    remove(key) {
      memory.delete(key)
      store.remove(key)
    },
    keys: () => [...held().keys(), ...store.keys()],
    optedIn() {
      for (const [key, value] of held()) store.set(key, value)
      memory.clear()
    },
    clear() {
      // An earlier version kept the session under a name of its own.
      for (const key of [PERSON_KEY, STAMP_KEY, 'session', 'window']) store.remove(key)
    },
  }
}
