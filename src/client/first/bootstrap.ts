/** The identity that a site gives with `init`: the part of the option `bootstrap` that is needed before the first event. */

import { isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { asText, namesNobody } from '../../core/event/ids'
import type { Identity } from './identity'
import type { Log } from './log'
import type { PersonState } from './person'

export interface Bootstrap {
  /** Blank where there is none. */
  id: string
  /** Whether `id` is a known person's, and not that of an anonymous one. */
  isKnown: boolean
  sessionId: unknown
}

/** The late code warns of what is none of the option's. */
export function readBootstrap({ distinctId, isIdentifiedId, sessionId }: Properties): Bootstrap {
  const text = asText(distinctId)
  const id = isText(text) && !namesNobody(text) ? text : ''
  return { id, isKnown: id !== '' && isIdentifiedId === true, sessionId }
}

/**
 * The site knows the person: an anonymous past becomes that person's, as by `identify`. Another known person stays, because
 * the site may have meant a person who has left, and a switch would mix the two up.
 */
export function becomeKnown(
  id: string,
  { identified, distinctId }: PersonState,
  { identify }: Identity,
  log: Log,
): void {
  if (!identified) identify(id)
  else if (distinctId !== id) log.warnOf('preserved', id)
}
