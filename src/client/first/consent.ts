/** The person's choice to be observed or not. It is kept across pages, and read before each event is made. */

import type { Millis } from '../../core/base/ports'
import { GONE, type KeyValueStore, PERSON_KEY, STAMP_KEY } from './person'

/**
 * A person's choice, and its time by the platform's clock. `at` is 0 if the person never chose, or if an earlier
 * version of this library stored the choice without its time.
 */
export interface Choice {
  refused: boolean
  at: Millis
}

export interface Consent {
  readonly optedOut: boolean
  /** The latest choice that is known here. */
  readonly choice: Choice
  /** Records a choice that the person makes in this page. Its time is later than all that was captured or chosen so far. */
  choose(refused: boolean): Choice
  /** Takes over a later choice, which was made in another page. */
  keep(choice: Choice): void
}

const KEY = 'opt_out'
const AT_KEY = 'opt_out_at'

export function createConsent(store: KeyValueStore, wall: () => Millis): Consent {
  /** This page's latest choice, because storage may lose it: storage may be full, or the site may clear it. */
  let known: Choice = { refused: false, at: 0 }

  function keep(choice: Choice): Choice {
    known = choice
    store.set(KEY, String(choice.refused))
    store.set(AT_KEY, String(choice.at))
    return choice
  }

  const consent: Consent = {
    // The stored choice is read each time: another tab may have changed it, and one read costs less than one wrong
    // event.
    get choice() {
      const stored = { refused: store.get(KEY) === 'true', at: Number(store.get(AT_KEY)) || 0 }
      return known.at > stored.at ? known : stored
    },
    get optedOut() {
      return consent.choice.refused
    },
    choose: (refused) => keep({ refused, at: Math.max(wall(), consent.choice.at) + 1 }),
    keep,
  }
  return consent
}

export interface ConsentedStore extends KeyValueStore {
  /** To be called right before the person opts in: writes the values that are in memory alone to the device. */
  optedIn(): void
  /** Removes from the device the keys that a reset leaves there. Values set since the person opted out stay, in memory. */
  erase(): void
}

/** A store that writes nothing to the device while the person is opted out: values then stay in memory. */
export function consentedStore(store: KeyValueStore, consent: Consent): ConsentedStore {
  const memory = new Map<string, string>()
  /** The values in memory. They are dropped if another tab has opted in meanwhile: that tab's person is stored then. */
  const held = () => {
    if (memory.size > 0 && !consent.optedOut) memory.clear()
    return memory
  }
  return {
    get: (key) => held().get(key) ?? store.get(key),
    set(key, value) {
      if (!consent.optedOut) return store.set(key, value)
      memory.set(key, value)
      // Else the person on the device would be back with the next page.
      if (key === PERSON_KEY && store.get(key)) store.set(key, GONE)
    },
    remove(key) {
      memory.delete(key)
      store.remove(key)
    },
    keys: () => [...held().keys(), ...store.keys()],
    optedIn() {
      for (const [key, value] of held()) store.set(key, value)
      memory.clear()
    },
    erase() {
      for (const key of [PERSON_KEY, STAMP_KEY, 'window', 'window_open']) store.remove(key)
    },
  }
}
