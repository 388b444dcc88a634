/**
 * What the option `bootstrap` says of the person and the session, besides the distinct id of a person who is seen for the
 * first time, which the first code takes. What was captured by then is put right (`corrections.ts`).
 */

import { asRecord, asText, isText } from '../../core/base/values'
import { canonicalUuid, type Properties } from '../../core/event/event'
import { namesNobody } from '../../core/event/ids-of-nobody'
import type { Front } from '../first/front'
import { OWN, parsed } from '../first/person'
import { SESSION_MAX_MS } from '../first/session'
import { checkOptions } from './delivery-options'
import { warnOfUnknown } from './unknown-options'

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
export function warnOfBootstrap(given: unknown, warn: (message: string) => void): void {
  warnOfUnknown(given, NAMES, 'bootstrap', warn)
  const check = checkOptions(asRecord(given), (problem) => warn(`bootstrap: ${problem}`))
  check('distinctId', isUsable, 'the id of one person, a non-empty string; using a new anonymous id')
  check('isIdentifiedId', (given) => typeof given === 'boolean', 'true or false; using false')
  check('sessionId', (given) => sessionIdOf(given) !== undefined, 'a UUIDv7; using a session of its own')
}

/**
 * The site knows the person: an anonymous past becomes that person's, as by `identify`. Another known person stays, because
 * the site may have meant a person who has left, and a switch would mix the two up.
 */
export function becomeKnown(
  { person, tell, config }: Pick<Front, 'person' | 'tell' | 'config'>,
  { distinctId, isIdentifiedId }: Properties,
): void {
  if (isIdentifiedId !== true || !isUsable(distinctId)) return
  const id = `${distinctId}`
  const { identified, distinctId: present } = person.state
  if (identified) return present === id ? undefined : config.log.warnOf('preserved', id)
  if (config.never) return config.log.warnOf('never', 'bootstrap.isIdentifiedId')
  person.changeTo({ distinctId: id, identified: true })
  if (present === id) tell?.('$set', {}, true)
  else tell?.('$identify', { distinct_id: id, $anon_distinct_id: present }, true)
}

/**
 * Goes on with a session that the person has had elsewhere, in place of the present one. If it began too long ago to go on,
 * or so the first 12 digits of its id say, it counts as begun now, because the site says that it goes on.
 *
 * @returns the session's id, and that of the session whose place it takes
 */
export function adoptSession(
  { person, kept, config }: Pick<Front, 'person' | 'kept' | 'config'>,
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
