/** The id that stands for a person in a relay's client. */

import type { Front } from '../../client/first/front'

/** The one id that all relays have in place of a person's, as their option says (page/relay/options.ts). */
const NOBODY = 'relay'

/** Has a relay keep its id also after an erasure, which makes a new id. */
export function standInForNobody(front: Pick<Front, 'person' | 'successor'>): void {
  const { person } = front
  if (person.state.anonymousId === NOBODY) return
  person.changeTo({ distinctId: NOBODY, anonymousId: NOBODY })
  // A `successor` that is not blank tells the tab that it has heeded the erasure.
  if (front.successor) front.successor = NOBODY
}
