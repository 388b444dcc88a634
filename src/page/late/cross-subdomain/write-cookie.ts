/** Writes in the cookie what has changed on this origin. */

import { NOTHING_SHARED, printOf, type Shared, writeShared } from './cookie-text'
import { personIn } from './join'
import { AGREED_KEY, busy, choiceOf, current, mayShare, type Parts, sessionOf } from './parts'

/** The least time between two writes of the last activity, in ms: the cookie goes with each request to the site. */
const SAVE_EVERY_MS = 10_000

/**
 * Writes what has changed here.
 *
 * @param isExact whether the time of the last activity is written even if it is about the same
 */
export function writeCookie(parts: Parts, isExact = false): void {
  const { state, lasting, front } = parts
  busy(state, () => {
    const shared = current(parts) ?? NOTHING_SHARED
    const own = choiceOf(parts)
    const choice = own && own.at >= (shared.choice?.at ?? 0) ? own : shared.choice
    const next: Shared = { ...shared, choice, erasedAt: Math.max(shared.erasedAt, state.erasedAt) }
    if (choice?.refused) Object.assign(next, { person: undefined, session: undefined })
    else if (state.isJoined && mayShare(parts)) {
      const person = personIn(lasting)
      const isUnshared = person && shared.person === 'unshared' && printOf(person) === lasting.get(AGREED_KEY)
      if (person && !isUnshared) Object.assign(next, { person, session: sessionOf(parts, person) })
    }
    if (!next.choice && !next.person) return
    if (!isOther(shared, next, isExact ? 0 : SAVE_EVERY_MS)) return note(parts, next.person)
    const text = writeShared({ ...next, writtenAt: front.setup.wall() }, parts.jar.room)
    if (!parts.jar.write(text)) return warnOnce(parts, 'the browser has refused the cookie')
    const written = current(parts)?.person
    if (written === 'unshared' && next.person !== 'unshared')
      warnOnce(parts, 'the ids of the person are longer than a cookie may be: use shorter ones')
    note(parts, written === 'unshared' ? personIn(lasting) : written)
  })
}

/** The next change is told by whether it is of this origin's person or of the cookie's. */
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
