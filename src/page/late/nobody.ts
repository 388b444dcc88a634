/** Keeps the one id that all relays have in place of a person's, also after an erasure, which makes a new id. */

import type { Front } from '../../client/first/front'
import { PERSON_KEY } from '../../client/first/person'

/** As `bootstrap` of a relay says (page/relay/options.ts). */
const NOBODY = 'relay'

export function standInForNobody(front: Front): void {
  if (front.person.state.anonymousId === NOBODY) return
  front.lasting.set(PERSON_KEY, JSON.stringify({ distinctId: NOBODY, anonymousId: NOBODY, identified: false }))
  // The tab knows by it that it has heeded the erasure.
  if (front.successor) front.successor = NOBODY
}
