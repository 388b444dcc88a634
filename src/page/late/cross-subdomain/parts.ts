/** What the parts of a page's sharing across subdomains have in common. */

import type { Choice, Consent } from '../../../client/first/consent'
import type { Front } from '../../../client/first/front'
import { parsed } from '../../../client/first/person'
import { sessionKey } from '../../../client/late/restate-person'
import { asRecord } from '../../../core/base/values'
import type { webStorage } from '../../first/web-storage'
import type { OutlastOptions } from '../../types'
import { choiceIn } from '../older-names'
import type { StoragePorts } from '../persistence'
import type { CookieJar } from './cookie-jar'
import { parseCookies, type Shared, type SharedPerson, type SharedSession } from './cookie-text'

/** The key of the person on whom this origin and the cookie agreed last: it says which of the two has changed since. */
export const AGREED_KEY = 'shared'

export interface Parts {
  front: Front
  ports: StoragePorts
  jar: CookieJar
  options: OutlastOptions
  /** The consent and the store, as they were before they were made to look at the cookie. */
  ofConsent: Consent
  lasting: Pick<Front['lasting'], 'get' | 'set' | 'erase'>
  device: ReturnType<typeof webStorage>
  state: {
    /** The cookies when they were last parsed, and what they said. */
    text: string | undefined
    shared: Shared | undefined
    /** A choice that was made or taken over in this page: storage may not have it. */
    choice: Choice | undefined
    /** When the person asked for an erasure in this page. */
    erasedAt: number
    /** An erasure that this origin's queue has still to be told of. */
    owedAt: number
    /** Whether this page's person is that of the cookie. */
    isJoined: boolean
    /** Whether the page has said who it is, or has reset the person, before it has joined. */
    isSaid: boolean
    /** Whether the cookie is being heeded or written: what is stored meanwhile is not looked at again. */
    isBusy: boolean
    /** Whether the cookie was read in this task. What other pages write meanwhile is read in the next task. */
    isRead: boolean
    hasWarned: boolean
  }
}

/**
 * Whether this page may put its person in the cookie, and go on as the person there: the page stores, and the person
 * has agreed.
 */
export function mayShare({ options, ports, front }: Parts): boolean {
  const stores = options.persistence !== 'memory' || ports.ownJournal !== undefined
  return stores && !options.cookieless && !front.ofConsent.withheld && !front.ofConsent.optedOut
}

/**
 * Does `work`, unless other such work is under way. Until it has ended the cookie is neither looked at nor written
 * elsewhere.
 */
export function busy<Result>(state: Parts['state'], work: () => Result): Result | undefined {
  if (state.isBusy) return undefined
  state.isBusy = true
  try {
    return work()
  } finally {
    state.isBusy = false
  }
}

export function current({ state, jar, front }: Parts): Shared | undefined {
  const text = jar.read()
  if (text !== state.text) state.shared = parseCookies(text, jar.name, front.setup.wall())
  state.text = text
  return state.shared
}

/** The latest real choice that this origin knows: an option may have every choice count as a refusal. */
export function choiceOf({ state, device, ofConsent }: Parts): Choice | undefined {
  const stored = choiceIn(device.get)
  const [latest] = [stored, state.choice ?? stored].sort((a, b) => b.at - a.at)
  if (latest && latest.at > 0) return latest
  // Storage may be denied, so that the choice is in memory alone. A refusal there may be an option's (`presume` of
  // waiting.ts); a consent is always the person's.
  const { choice } = ofConsent
  return choice.at > 0 && !choice.refused ? choice : undefined
}

export function sessionOf({ lasting }: Parts, { anonymousId }: SharedPerson): SharedSession | undefined {
  const { id, startedAt, lastAt } = asRecord(parsed(lasting, sessionKey(anonymousId)))
  return typeof id === 'string' && typeof startedAt === 'number' && typeof lastAt === 'number'
    ? { id, startedAt, lastAt }
    : undefined
}
