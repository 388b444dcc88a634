/**
 * What the option `bootstrap` says of the person and the session, besides the distinct id of a person who is seen for
 * the first time, which the first code takes. What was captured by then is put right (`corrections.ts`).
 */

import { asRecord, asText, isText } from '../../core/base/values'
import { canonicalUuid, type Properties } from '../../core/event/event'
import { namesNobody } from '../../core/event/ids-of-nobody'
import type { Front } from '../first/front'
import type { Log } from '../first/log'
import { OWN, parsed } from '../first/person'
import { SESSION_MAX_MS } from '../first/session'
import { checkOptions, warnOfUnknown } from './check-options'

const NAMES = ['distinctId', 'isIdentifiedId', 'sessionId', 'featureFlags', 'featureFlagPayloads']

/** Where a UUID has its version. */
const VERSION_AT = 14

/** The given id of a session in its canonical form, if it is a UUIDv7. */
function sessionIdOf(given: unknown): string | undefined {
  const id = canonicalUuid(given)
  return id?.[VERSION_AT] === '7' ? id : undefined
}

function isUsable(given: unknown): given is string | number {
  const text = asText(given)
  return isText(text) && !namesNobody(text)
}

/** Warns of what cannot be used of the option. */
export function warnOfBootstrap(given: unknown, warnOf: Log['warnOf']): void {
  warnOfUnknown(given, NAMES, 'bootstrap', warnOf)
  const check = checkOptions(asRecord(given), warnOf, 'bootstrap')
  check('distinctId', isUsable)
  check('isIdentifiedId', (given) => typeof given === 'boolean')
  check('sessionId', (given) => sessionIdOf(given) !== undefined)
}

/**
 * The site knows the person: an anonymous past becomes that person's, as by `identify`. Another known person stays,
 * because the site may have meant a person who has left, and a switch would mix the two up.
 */
export function becomeKnown(
  { person, tell, setup: config }: Pick<Front, 'person' | 'tell' | 'setup'>,
  { distinctId, isIdentifiedId }: Properties,
): void {
  if (isIdentifiedId !== true || !isUsable(distinctId)) return
  const id = `${distinctId}`
  const { identified, distinctId: present } = person.state
  if (identified) return present === id ? undefined : config.logs.warnOf('preserved', id)
  if (config.noProfiles) return config.logs.warnOf('never', 'bootstrap.isIdentifiedId')
  person.changeTo({ distinctId: id, identified: true })
  if (present === id) tell?.('$set', {}, true)
  else tell?.('$identify', { distinct_id: id, $anon_distinct_id: present }, true)
}

/**
 * Goes on with a session that the person has had elsewhere, in place of the present one. A session that began too long
 * ago to go on, as the first 12 digits of its id tell, counts as begun now, because the site says that it goes on.
 *
 * @returns the session's id, and that of the session whose place it takes
 */
export function adoptSession(
  { person, lasting: kept, setup: config }: Pick<Front, 'person' | 'lasting' | 'setup'>,
  { sessionId }: Properties,
): { id: string; before: unknown } | undefined {
  const id = sessionIdOf(sessionId)
  const key = `${OWN}${person.state.anonymousId}:session`
  const before = asRecord(parsed(kept, key)).id
  if (!id || id === before) return undefined
  const now = config.wall()
  const began = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
  kept.set(key, JSON.stringify({ id, startedAt: Math.abs(now - began) > SESSION_MAX_MS ? now : began, lastAt: now }))
  return { id, before }
}
