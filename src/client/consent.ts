/** Whether this person may be observed at all: kept across pages, and asked before anything else. */

import type { KeyValueStore } from './person'

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
