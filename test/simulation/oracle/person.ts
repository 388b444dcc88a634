/** An event is of the person, in the session and with the super property of the moment of its capture, in any tab. */

import { Breach } from '../../support/breach'

/** An event that a tab has captured, with what it says and what is true. */
export interface OfPerson {
  event: string
  tab: string
  distinctId: string
  expectedId: string | undefined
  /** The id, and the session, are not of a person who has logged out. */
  isOwnId: boolean
  isOwnSession: boolean
  /** The super property that the event carries, and the one that is registered. */
  property: string
  carried: unknown
  registered: unknown
}

export function person(facts: OfPerson): Breach | undefined {
  const wrong = (what: string) => new Breach('person', `${facts.event} of ${facts.tab} ${what}`)
  const { distinctId, expectedId, isOwnId, isOwnSession, property, carried, registered } = facts
  if (distinctId !== expectedId) return wrong(`is of ${distinctId}, not of ${expectedId}`)
  if (!isOwnId) return wrong(`is of ${distinctId}, who logged out`)
  if (!isOwnSession) return wrong('is in a session of who logged out')
  if (carried !== registered)
    return wrong(`carries ${property} ${String(carried)}, registered is ${String(registered)}`)
  return undefined
}
