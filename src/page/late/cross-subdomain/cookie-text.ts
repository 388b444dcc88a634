/**
 * The text of the cookie that a site's subdomains share with `crossSubdomain`. Any subdomain can write it, so it is
 * read as hostile text: what is no person, session or choice in it counts as not there.
 */

import type { Choice } from '../../../client/first/consent'
import { END_OF_TIME } from '../../../core/base/limits'
import { asRecord, isText } from '../../../core/base/values'
import { canonicalUuid } from '../../../core/event/event'
import { namesNobody } from '../../../core/event/ids-of-nobody'

export interface SharedPerson {
  anonymousId: string
  distinctId: string
  identified: boolean
  /** Whether a person who is not identified has a profile. */
  hasProfile: boolean
}

export interface SharedSession {
  id: string
  /** In ms since the epoch, as `lastAt`. */
  startedAt: number
  lastAt: number
}

export interface Shared {
  /** When it was written, in ms since the epoch; 0 where that is not known. */
  writtenAt: number
  /** `'unshared'`: there is a person whose ids are too long for a cookie. Absent while the person refuses. */
  person?: SharedPerson | 'unshared' | undefined
  session?: SharedSession | undefined
  /** The latest choice, if there was one. */
  choice?: Choice | undefined
  /** When the person last asked to be erased; 0 for never. It is the time of a refusal. */
  erasedAt: number
}

/** The most characters of name and value together. Browsers take 4,096 bytes; what is written is ASCII. */
export const MAX_COOKIE = 4_000

/**
 * How far in ms the clock of a writer may be ahead. A cookie that claims a later time counts as no later than others.
 */
const MAX_AHEAD_MS = 86_400_000

/**
 * How far in ms a choice may be ahead, about a century: no clock is as wrong. Each further choice is a little later
 * than the one before, so no choice could follow one at the end of time.
 */
const MAX_CHOICE_AHEAD_MS = 3e12

/** The version of the format. */
const VERSION = 1

export const NOTHING_SHARED: Shared = { writtenAt: 0, erasedAt: 0 }

/** The name of a project's cookie. */
export const cookieName = (apiKey: string): string =>
  `outlast_${encodeURIComponent(apiKey).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`

/**
 * What the cookies of this name say. A script of a subdomain can put a cookie of its own host or path beside the one
 * that all share, where this page cannot write over it. Of several cookies the one that was written last names the
 * person, but the latest choice in any of them counts: no cookie hides a refusal.
 */
export function parseCookies(cookies: string, name: string, now: number): Shared | undefined {
  const all = cookies
    .split(/; */)
    .filter((one) => one.startsWith(`${name}=`))
    .flatMap((one) => parseShared(one.slice(name.length + 1), now) ?? [])
    .sort((a, b) => b.writtenAt - a.writtenAt)
  return all[0] && all.reduce(withChoiceOf)
}

function withChoiceOf(one: Shared, { choice, erasedAt }: Shared): Shared {
  const of = { ...one, erasedAt: Math.max(one.erasedAt, erasedAt) }
  const { at = 0, refused } = one.choice ?? {}
  if (!choice || choice.at < at || (choice.at === at && (refused || !choice.refused))) return of
  return { ...of, choice, ...(choice.refused && { person: undefined, session: undefined }) }
}

function parseShared(text: string, now: number): Shared | undefined {
  try {
    if (text.length > MAX_COOKIE) return undefined
    const record = asRecord(JSON.parse(decodeURIComponent(text)))
    const [version, w, a, d, i, p, s, c, e] = [...'vwadipsce'].map((key) => record[key])
    if (version !== VERSION) return undefined
    const writtenAt = timeOf(w)
    const choice = choiceOf(c, now)
    const person = choice?.refused ? undefined : a === 0 ? 'unshared' : personOf(a, d, i, p)
    return {
      writtenAt: writtenAt > now + MAX_AHEAD_MS ? 0 : writtenAt,
      person,
      session: person ? sessionOf(s) : undefined,
      choice,
      // An erasure is asked for with a refusal.
      erasedAt: timeOf(e) <= (choice?.at ?? 0) ? timeOf(e) : 0,
    }
  } catch {
    // The text is not one that this library has written.
    return undefined
  }
}

const timeOf = (value: unknown): number =>
  typeof value === 'number' && value > 0 && value < END_OF_TIME ? Math.floor(value) : 0

function choiceOf(value: unknown, now: number): Choice | undefined {
  const [refused, given] = Array.isArray(value) ? (value as unknown[]) : []
  const at = timeOf(given)
  // Fails closed: only a plain 0 is a consent.
  return at > 0 && at < now + MAX_CHOICE_AHEAD_MS ? { refused: refused !== 0, at } : undefined
}

/** Ids are keys of objects, so an id may not be the name of a property that every object has. */
const isId = (value: unknown): value is string => isText(value) && !namesNobody(value) && !(value in Object.prototype)

function personOf(
  anonymousId: unknown,
  distinctId: unknown,
  known: unknown,
  profile: unknown,
): SharedPerson | undefined {
  if (!isId(anonymousId)) return undefined
  const identified = known === 1
  // A person who is not identified has one id.
  if (!identified || distinctId === undefined)
    return { anonymousId, distinctId: anonymousId, identified, hasProfile: profile === 1 }
  return isId(distinctId) ? { anonymousId, distinctId, identified, hasProfile: false } : undefined
}

function sessionOf(value: unknown): SharedSession | undefined {
  const [given, started, last] = Array.isArray(value) ? (value as unknown[]) : []
  const [id, startedAt, lastAt] = [canonicalUuid(given), timeOf(started), timeOf(last)]
  return id && startedAt && lastAt ? { id, startedAt, lastAt } : undefined
}

/**
 * The value of the cookie. A person whose ids do not fit is left out; a choice never is.
 *
 * @param room the most characters that it may have
 */
export function writeShared({ writtenAt, person, session, choice, erasedAt }: Shared, room: number): string {
  // Pairs in lists, and no properties of objects: a build gives properties of objects names that are as short as these.
  const always = [
    ['v', VERSION],
    ['w', writtenAt],
    ['c', choice && [choice.refused ? 1 : 0, choice.at]],
    ['e', erasedAt || undefined],
  ] as const
  const written = (...more: [string, unknown][]) =>
    encodeURIComponent(JSON.stringify(Object.fromEntries([...always, ...more])))
  if (!person || choice?.refused) return written()
  if (person !== 'unshared') {
    const { anonymousId, distinctId, identified, hasProfile } = person
    const text = written(
      ['a', anonymousId],
      ['d', distinctId === anonymousId ? undefined : distinctId],
      ['i', identified ? 1 : undefined],
      ['p', hasProfile ? 1 : undefined],
      ['s', session && [session.id, session.startedAt, session.lastAt]],
    )
    if (wellFormed(anonymousId) && wellFormed(distinctId) && text.length <= room) return text
  }
  return written(['a', 0])
}

/** Whether UTF-8 can write it: half of a surrogate pair cannot be, and comes back as another text. */
const wellFormed = (text: string) =>
  !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text)

/** A text by which the same person is known again. */
export const printOf = ({ anonymousId, distinctId, identified, hasProfile }: SharedPerson): string =>
  JSON.stringify([anonymousId, distinctId, identified, hasProfile])

/**
 * Whose ids count, those of this origin or those of the cookie.
 *
 * @param own the person whom this origin knows, if there is one
 * @param agreed `printOf` of the person on whom origin and cookie agreed last; `undefined` if they never did
 * @param isNewest whether this page has changed its person since it last looked at the cookie
 */
export function whoCounts(
  own: SharedPerson | undefined,
  shared: SharedPerson,
  agreed: string | undefined,
  isNewest: boolean,
): 'own' | 'shared' {
  if (!own) return 'shared'
  if (printOf(own) === printOf(shared) || isNewest) return 'own'
  if (agreed === printOf(shared)) return 'own'
  // Two persons on whom origin and cookie never agreed are not merged: they may be two people. One who is identified
  // counts for more than one who is not.
  if (agreed === undefined && own.identified && !shared.identified) return 'own'
  return 'shared'
}
