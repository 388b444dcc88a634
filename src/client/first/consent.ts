/** The person's choice to be observed or not. It is kept across pages, and read before each event is made. */

import type { Millis } from '../../core/base/ports'
import { GONE, type KeyValueStore } from './person'

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
  /**
   * Whether nothing may be stored or sent: the person has refused, or has not chosen where the site waits for a choice,
   * or late code has yet to look at other options.
   */
  readonly withheld: boolean
  /** The latest choice that is known here, or what holds without one. */
  readonly choice: Choice
  /**
   * Records a choice that the person makes in this page. Its time is later than all that was captured or chosen so far.
   */
  choose(refused: boolean): Choice
  /** Takes over a later choice, which was made in another page. */
  keep(choice: Choice): void
}

/** The names of a choice and of its time in localStorage. A tab writes the time last. */
export const CHOICE_KEY = 'opt_out'
export const CHOICE_AT_KEY = 'opt_out_at'

/**
 * @param presumed what holds until the person has chosen: `'granted'`, `'denied'`, or else `'pending'`, so that a
 * misspelt word fails closed. With `false` the client is withheld until late code has looked at other options, and has
 * replaced `withheld`
 */
export function createConsent(store: Device, wall: () => Millis, presumed: unknown = 'granted'): Consent {
  const unchosen: Choice = { refused: presumed === 'denied', at: 0 }
  /**
   * The latest choice that this page has made or read, because storage may lose the choice: storage may be full, or the
   * site may clear it.
   */
  let known = unchosen

  function keep(choice: Choice): Choice {
    known = choice
    store.set(CHOICE_KEY, String(choice.refused))
    store.set(CHOICE_AT_KEY, String(choice.at))
    return choice
  }

  const consent: Consent = {
    // The stored choice is read each time: another tab may have changed it, and one read costs less than one wrong
    // event.
    get choice() {
      const said = store.get(CHOICE_KEY)
      const stored = { refused: said === 'true', at: Number(store.get(CHOICE_AT_KEY)) || 0 }
      if (!said || known.at > stored.at) return known
      // With the time of the choice before, it may be the first half of a choice that another tab is storing right now.
      if (known.at < stored.at) known = stored
      return stored
    },
    get optedOut() {
      return consent.choice.refused
    },
    keep,
    get withheld() {
      return presumed === false || consent.optedOut || (presumed !== 'granted' && consent.choice === unchosen)
    },
    choose: (refused) => keep({ refused, at: Math.max(wall(), consent.choice.at) + 1 }),
  }
  return consent
}

/** A part of the device's storage. `set` returns `true` where the value was written. */
export interface Device extends Omit<KeyValueStore, 'set'> {
  set(key: string, value: string): true | undefined
}

export interface ConsentedStore extends KeyValueStore {
  /**
   * Writes what is in memory alone to the device if that is allowed now, unless another tab has written another value
   * meanwhile.
   */
  optedIn(): void
  /**
   * Removes from the device all but the choice and what tells nothing of a person. Values set since the person opted
   * out stay, in memory.
   */
  erase(): void
}

/**
 * Values on the device, or in memory while nothing may be written, or where it cannot be. A value in memory counts as
 * long as the device has the value, `over`, that it had when this one was set: what another tab has written since is
 * later.
 */
export function consentedStore(device: Device, mayWrite: () => boolean): ConsentedStore {
  const memory = new Map<string, { value: string; over: string | undefined }>()
  return {
    get(key) {
      const stored = device.get(key)
      const unwritten = memory.get(key)
      return unwritten && unwritten.over === stored ? unwritten.value : stored
    },
    set(key, value, isAnother) {
      memory.delete(key)
      const may = mayWrite()
      if (may && device.set(key, value)) return
      // Other pages must not take the outdated value for this one, nor the person before a reset for the present one.
      if (device.get(key) && (may || isAnother)) device.set(key, GONE) ?? device.remove(key)
      memory.set(key, { value, over: device.get(key) })
    },
    optedIn() {
      for (const [key, { value, over }] of memory) {
        if (device.get(key) !== over || (mayWrite() && device.set(key, value))) memory.delete(key)
      }
    },
    remove(key) {
      memory.delete(key)
      device.remove(key)
    },
    keys: () => [...memory.keys(), ...device.keys()],
    erase() {
      // All but `opt_out`, `opt_out_at`, `opt_out_last`, `adopted` and `hooked`, which tell nothing of a person. A page
      // that stores nothing erases by the same list (`STAYS` of page/late/erase-stored.ts). The first letter is enough,
      // since no key that tells something of a person may begin with one of these three.
      for (const key of device.keys()) if (!/^[aho]/.test(key)) device.remove(key)
    },
  }
}
