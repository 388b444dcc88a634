/** Whether this person may be observed at all: kept across pages, and asked before anything else. */

import { type KeyValueStore, PERSON_KEY, STAMP_KEY } from './person'

export interface Consent {
  readonly optedOut: boolean
  optIn(): void
  optOut(): void
}

const KEY = 'opt_out'

export function createConsent(store: KeyValueStore): Consent {
  return {
    // Read each time: another tab may have changed it, and one read costs less than one wrong event.
    get optedOut() {
      return store.get(KEY) === 'true'
    },
    optIn: () => store.set(KEY, 'false'),
    optOut: () => store.set(KEY, 'true'),
  }
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
