/** What a choice that the person makes in this page changes in the stored rules. */

import { chosen } from '../../core/queue/chosen'
import type { Rules } from '../../core/queue/rules'
import type { Choice } from '../first/consent'

export interface ChoiceMade {
  choice: Choice
  /** The choice before, as this page knew it. */
  before: Choice
  /** Whether all events that were captured before are to be erased. */
  erase: boolean
  /** Whether the choice before had erased the person, as far as this page knew. */
  wasErased: boolean
}

/** @param eraseAll erases the person from the device, and the person's events from outbox and queue */
export function afterChoice(
  rules: Rules,
  { choice, before, erase, wasErased }: ChoiceMade,
  eraseAll: () => void,
): Rules {
  // The person may be back in localStorage after an earlier page has erased it, if the browser was killed before
  // it wrote localStorage to disk.
  if (!choice.refused && rules.at > before.at && rules.erase >= rules.at) eraseAll()
  // A page that was closed right after its choice may not have written it, so that localStorage alone knows of it: it is a
  // turn all the same, and where it was made with `clear`, its erasure is still owed.
  const known = before.at > rules.at ? chosen(rules, before, wasErased && !erase ? before.at : 0) : rules
  return chosen(known, choice, erase ? choice.at : 0)
}
