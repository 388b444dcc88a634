/** Writes in the cookie what has changed on this origin. */

import { NOTHING_SHARED, printOf, type Shared, type SharedPerson, whoCounts, writeShared } from './cookie-text'
import { personIn } from './join'
import { AGREED_KEY, busy, choiceOf, current, mayShare, type Parts, sessionOf } from './parts'

/** The least time between two writes of the last activity, in ms: the cookie goes with each request to the site. */
const SAVE_EVERY_MS = 10_000

/**
 * Writes what has changed here.
 *
 * @param of.isNewest whether this origin's person counts, whichever person the cookie names. Otherwise the cookie's
 * person counts, if another subdomain has changed that person and this page has not heard of the change
 * @param of.isExact whether the time of the last activity is written even if it is about the same
 */
export function writeCookie(parts: Parts, { isNewest = false, isExact = false } = {}): void {
  const { state, lasting, front } = parts
  busy(state, () => {
    const shared = current(parts) ?? NOTHING_SHARED
    const own = choiceOf(parts)
    const choice = own && own.at >= (shared.choice?.at ?? 0) ? own : shared.choice
    let isOthers = false
    const next: Shared = { ...shared, choice, erasedAt: Math.max(shared.erasedAt, state.erasedAt) }
    if (choice?.refused) Object.assign(next, { person: undefined, session: undefined })
    else if (state.isJoined && mayShare(parts)) {
      const person = personIn(lasting)
      if (person && ownCounts(parts, person, shared.person, isNewest))
        Object.assign(next, { person, session: sessionOf(parts, person) })
      // The next look at the cookie goes on as the person in it.
      else if (shared.person !== 'unshared') isOthers = true
    }
    if (!next.choice && !next.person) return
    if (!isOther(shared, next, isExact ? 0 : SAVE_EVERY_MS)) {
      if (!isOthers) note(parts, next.person)
      return
    }
    const text = writeShared({ ...next, writtenAt: front.setup.wall() }, parts.jar.room)
    if (!parts.jar.write(text)) return warnOnce(parts, 'the browser has refused the cookie')
    const written = current(parts)?.person
    if (written === 'unshared' && next.person !== 'unshared')
      warnOnce(parts, 'the ids of the person are longer than a cookie may be: use shorter ones')
    if (!isOthers) note(parts, written === 'unshared' ? personIn(lasting) : written)
  })
}

function ownCounts({ lasting }: Parts, own: SharedPerson, shared: Shared['person'], isNewest: boolean): boolean {
  const agreed = lasting.get(AGREED_KEY)
  if (!shared) return true
  // This origin's person is not in the cookie because the ids are too long for it.
  if (shared === 'unshared') return printOf(own) !== agreed
  return whoCounts(own, shared, agreed, isNewest) === 'own'
}

/**
 * Notes the person on whom origin and cookie agree. By this note a later difference is known as a change of the one or
 * of the other.
 */
function note({ lasting, front, state }: Parts, person: Shared['person']): void {
  if (!state.isJoined || !person || person === 'unshared' || front.ofConsent.optedOut) return
  const print = printOf(person)
  if (lasting.get(AGREED_KEY) !== print) lasting.set(AGREED_KEY, print)
}

function isOther(a: Shared, b: Shared, spanMs: number): boolean {
  const { lastAt: before = 0, ...sessionBefore } = a.session ?? {}
  const { lastAt = 0, ...session } = b.session ?? {}
  const rest = (one: Shared, its: object) =>
    JSON.stringify([one.person, its, one.choice?.refused, one.choice?.at, one.erasedAt])
  return rest(a, sessionBefore) !== rest(b, session) || Math.abs(lastAt - before) > spanMs
}

function warnOnce({ state, front }: Parts, why: string): void {
  if (!state.hasWarned)
    front.setup.logs.warn(`crossSubdomain does not share this person, who stays the one of this origin: ${why}`)
  state.hasWarned = true
}
