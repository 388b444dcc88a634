/** Heeds what another subdomain has written in the cookie: a choice, an erasure, another person, a session. */

import { cut } from '../../../client/first/outbox'
import { GONE, PERSON_KEY } from '../../../client/first/person'
import { sessionGoesOn, sessionKey } from '../../../client/late/restate-person'
import type { Sharing } from '../../../client/late/sharing'
import { erasing } from '../../../core/queue/erasing'
import { tellErased } from '../drop-waiting'
import { printOf, type Shared, whoCounts } from './cookie-text'
import { personIn, storeShared } from './join'
import { AGREED_KEY, busy, choiceOf, current, mayShare, type Parts, sessionOf } from './parts'

export function lookAtCookie(parts: Parts, sharing: Sharing): void {
  const { state, front } = parts
  // A question that comes while the cookie is being written is no look of this task: the task's next question looks at
  // the cookie.
  if (state.isRead || state.isBusy) return
  state.isRead = true
  queueMicrotask(() => {
    state.isRead = false
  })
  busy(state, () => {
    const shared = current(parts)
    if (!shared) return
    if (heedChoice(parts, shared))
      queueMicrotask(() => {
        front.onChoice?.()
        parts.ports.ownJournal?.decide()
        if (front.courier) sharing.onJournal()
      })
    if (state.isJoined && mayShare(parts) && follow(parts, shared))
      queueMicrotask(() => {
        sharing.onPerson?.()
        void front.flagWork?.look(true)
      })
  })
}

/** Returns whether the choice is another one now. */
function heedChoice(parts: Parts, { choice, erasedAt }: Shared): boolean {
  const { front, ports, state, ofConsent } = parts
  const own = choiceOf(parts) ?? { refused: false, at: 0 }
  // The refusal is written before the erasure, so that a page may hear of the two one after the other.
  const isErased = erasedAt > state.erasedAt && erasedAt >= own.at
  const isOld = !choice || choice.at < own.at || (choice.at === own.at && (own.refused || !choice.refused))
  if (!choice || (isOld && !isErased)) return false
  // Events from before the choice and events from after it are judged apart, so they go in different handovers.
  cut(front.outbox)
  if (isErased) {
    const refusal = { refused: true, at: erasedAt }
    ofConsent.keep(refusal)
    state.owedAt = erasedAt
    state.erasedAt = erasedAt
    if (choice.refused || front.courier) tellErased(front, ports.ownJournal, front.choices?.eraseAll)
    else {
      // This page has begun after the person had agreed again, so what it has captured is to be kept.
      front.lasting.erase()
      front.tab.erase()
    }
    front.lasting.remove(AGREED_KEY)
    owe(parts)
  }
  state.choice = choice
  ofConsent.keep(choice)
  if (isErased && !choice.refused) front.successor = ''
  return true
}

/** Has this origin's queue erase what was captured before the person asked for that on another subdomain. */
export function owe({ state, ports }: Parts): void {
  const at = state.owedAt
  if (!at || !ports.ownJournal) return
  state.owedAt = 0
  ports.ownJournal.decide((known) => erasing(known, at))
}

/**
 * Goes on as the person of the cookie, and in that session. Returns whether the person is another one now.
 *
 * @param isNewest whether this page has said who it is since it last looked at the cookie
 */
export function follow(parts: Parts, { person, session }: Shared, isNewest = false): boolean {
  const { front, lasting } = parts
  const now = front.setup.wall()
  const live = session && sessionGoesOn({ ...session }, now) ? session : undefined
  // A page of this origin that waits has changed the person, and writes that down once it may.
  if (!person || person === 'unshared' || lasting.get(PERSON_KEY) === GONE) return false
  const own = personIn(lasting)
  if (whoCounts(own, person, lasting.get(AGREED_KEY), isNewest) === 'shared') {
    storeShared(front.lasting, person, live)
    lasting.set(AGREED_KEY, printOf(person))
    if (own?.anonymousId !== person.anonymousId) front.tab.remove('window')
    // A part that hears of a change looks at the cookie again, without end where the store does not take the person. So
    // a change is what the store has taken.
    const taken = personIn(lasting)
    return taken !== undefined && (!own || printOf(taken) !== printOf(own))
  }
  if (live && own && own.anonymousId === person.anonymousId) {
    const known = sessionOf(parts, own)
    if (known?.id !== live.id || live.lastAt > known.lastAt)
      front.lasting.set(sessionKey(own.anonymousId), JSON.stringify(live))
  }
  return false
}
