/**
 * Has the subdomains of a site share the person and the person's choice: the option `crossSubdomain`. Each origin keeps
 * its own store, and one cookie says what holds for all of them. The cookie is read before each event and each question
 * about the person, and written with each change, so no two pages need to hear of each other.
 */

import { newId } from '../../../adapters/new-id'
import { CHOICE_AT_KEY, type Choice, type Consent } from '../../../client/first/consent'
import type { Front } from '../../../client/first/front'
import { GONE, PERSON_KEY } from '../../../client/first/person'
import type { Sharing } from '../../../client/late/sharing'
import { copyOf } from '../../../core/base/values'
import { webStorage } from '../../first/web-storage'
import type { OutlastOptions } from '../../types'
import type { StoragePorts } from '../persistence'
import { type CookieJar, openCookieJar } from './cookie-jar'
import { follow, lookAtCookie, owe } from './heed'
import { joinShared, personIn, recordOf } from './join'
import { AGREED_KEY, busy, choiceOf, current, mayShare, type Parts } from './parts'
import { writeCookie } from './write-cookie'

/**
 * How long in ms the tab in which a person has agreed may take to write the consent in the cookie itself, once its code
 * has loaded.
 */
const OWN_CONSENT_MS = 2_000

const NO_SHARING: Sharing = {
  hasPerson: () => false,
  join: () => undefined,
  onJournal: () => undefined,
  end: () => undefined,
}

/**
 * To be called once, while the client waits, when the option `consent` holds. Where there can be no cookie, a warning
 * says so.
 */
export function shareAcrossSubdomains(front: Front, options: OutlastOptions, ports: StoragePorts): Sharing {
  const { apiKey, logs } = front.setup
  const place = { hostname: location.hostname, isSecure: isSecureContext }
  const jar = openCookieJar(apiKey, place, document, newId)
  if (typeof jar === 'object') return share(front, options, ports, jar)
  logs.warn(`crossSubdomain changes nothing here, and each origin has a person of its own: ${jar}`)
  return NO_SHARING
}

function share(front: Front, options: OutlastOptions, ports: StoragePorts, jar: CookieJar): Sharing {
  const { ofConsent, lasting, setup } = front
  const parts: Parts = {
    ...{ front, options, ports, jar },
    ofConsent: Object.create(null, Object.getOwnPropertyDescriptors(ofConsent)),
    lasting: { ...lasting },
    device: webStorage('localStorage', `${setup.apiKey}:`, setup.logs.warnOf),
    state: {
      ...{ text: undefined, shared: undefined, choice: undefined, erasedAt: 0, owedAt: 0 },
      ...{ isJoined: false, isSaid: false, isBusy: false, isRead: false, hasWarned: false },
    },
  }
  const { state } = parts
  const look = () => lookAtCookie(parts, sharing)
  const sharing: Sharing = {
    hasPerson: () => current(parts)?.person !== undefined,
    join() {
      if (state.isJoined || !mayShare(parts)) return
      state.isJoined = true
      busy(state, () => {
        const shared = current(parts)
        const agreed = lasting.get(AGREED_KEY)
        if (shared) joinShared(front, shared, parts.device, agreed, copyOf(options.bootstrap))
      })
      writeCookie(parts, { isNewest: true })
    },
    onJournal() {
      owe(parts)
      if (state.isJoined || !mayShare(parts)) return
      state.isJoined = true
      busy(state, () => {
        const shared = current(parts)
        if (shared && follow(parts, shared, state.isSaid)) queueMicrotask(() => sharing.onPerson?.())
      })
      writeCookie(parts, { isNewest: true })
    },
    end() {
      // Busy for good: the cookie is neither looked at nor written any more.
      state.isBusy = true
    },
  }
  hookInto(parts, sharing, look)
  watch(parts, look)
  // The page may have erased the person before this code was there.
  if (front.successor && ofConsent.optedOut) {
    state.erasedAt = choiceOf(parts)?.at ?? 0
    lasting.remove(AGREED_KEY)
  }
  look()
  if (!joinsNext(parts)) writeCookie(parts)
  return sharing
}

/**
 * Whether the person is to go into the cookie right after the choice, so that both are written together: a page of
 * another subdomain that had read the consent alone would begin as a person of its own.
 */
const joinsNext = (parts: Parts): boolean => !parts.state.isJoined && !parts.front.courier && mayShare(parts)

/** Has the cookie looked at before the person or the choice is read, and written after either has changed. */
function hookInto(parts: Parts, sharing: Sharing, look: () => void): void {
  const { front, state, ofConsent, lasting } = parts
  const after = (choice: Choice): Choice => {
    if (choice.at > (state.choice?.at ?? 0)) state.choice = choice
    // A client that has begun for the events of an earlier consent has no person yet. Person and consent go into the
    // cookie together.
    if (!choice.refused && front.courier) sharing.onJournal()
    writeCookie(parts)
    return choice
  }
  const choosing: Pick<Consent, 'choice' | 'choose' | 'keep'> = {
    get choice() {
      look()
      return ofConsent.choice
    },
    choose(refused) {
      look()
      const choice = ofConsent.choose(refused)
      if (!front.onChoice || !joinsNext(parts)) return after(choice)
      state.choice = choice
      return choice
    },
    keep(choice) {
      ofConsent.keep(choice)
      after({ refused: choice.refused, at: choice.at })
    },
  }
  Object.defineProperties(front.ofConsent, Object.getOwnPropertyDescriptors(choosing))
  Object.assign(front.lasting, {
    get(key) {
      if (key === PERSON_KEY) look()
      const stored = lasting.get(key)
      // A page that waits has changed the person, and may not write it down yet: that person is no new one for this
      // page.
      const person = key === PERSON_KEY && stored === GONE && state.isJoined ? current(parts)?.person : undefined
      return person && person !== 'unshared' ? recordOf(person) : stored
    },
    set(key, value, isAnother) {
      const before = key === PERSON_KEY && !state.isJoined ? personIn(lasting) : undefined
      lasting.set(key, value, isAnother)
      const now = before && personIn(lasting)
      if (now && (now.identified || now.anonymousId !== before.anonymousId)) state.isSaid = true
      if (key === PERSON_KEY) writeCookie(parts, { isNewest: true })
      else if (key.endsWith(':session')) writeCookie(parts)
    },
    erase() {
      lasting.erase()
      front.lasting.remove(AGREED_KEY)
      if (front.ofConsent.optedOut) state.erasedAt = choiceOf(parts)?.at ?? 0
      writeCookie(parts)
    },
  } satisfies Partial<Front['lasting']>)
}

/** A page that captures nothing hears of a change too, so that it erases what it has in memory. */
function watch(parts: Parts, look: () => void): void {
  const isOver = () => parts.front.capture.isClosed
  const onChange = () => {
    if (!isOver()) look()
  }
  const onLeave = () => {
    if (isOver() || !parts.state.isJoined) return
    // Not every browser tells a page of a cookie that another page has written.
    look()
    writeCookie(parts, { isExact: true })
  }
  for (const name of ['focus', 'pageshow']) addEventListener(name, onChange)
  // A tab of this origin without this code, or without this option, tells no other subdomain of a choice. A tab with
  // both writes its consent together with its person: two tabs that wrote at once would name two persons.
  const tell = () => !isOver() && writeCookie(parts)
  addEventListener('storage', ({ key }: StorageEvent) => {
    if (!key?.endsWith(`:${CHOICE_AT_KEY}`)) return
    if (parts.ofConsent.optedOut) tell()
    else setTimeout(tell, OWN_CONSENT_MS)
  })
  addEventListener('pagehide', onLeave)
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? onLeave() : onChange()))
  const { cookieStore } = globalThis as { cookieStore?: EventTarget }
  cookieStore?.addEventListener('change', onChange)
}
