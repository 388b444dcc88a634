/** What a page does once another page of the site has written the person or a choice to localStorage. */

import { CHOICE_AT_KEY } from '../../client/first/consent'
import type { Front } from '../../client/first/front'
import { PERSON_KEY } from '../../client/first/person'
import { tellErased } from './drop-waiting'
import { isOfChoice, type Refusals } from './last-refusal'
import { namesIn } from './older-names'
import type { StoragePorts } from './persistence'

interface StoredParts {
  front: Front
  /** The name of this page's queue. */
  queue: string
  ports: Pick<StoragePorts, 'ownJournal'>
  refusals: Pick<Refusals, 'keepLater'>
  /** Forgets what sessionStorage has of a person who is not the present one any more. */
  forgetFormer(): void
  /** Has the choices read again, and done what they ask for. */
  decide(): void
  /** Looks at the queues that the project has for other endpoints. */
  drainEarlier(): void
}

/** @param key the whole key, as the browser's event says it */
export function heedStored(key: string, parts: StoredParts): void {
  const { front, queue, ports, refusals, forgetFormer, decide, drainEarlier } = parts
  const { today, older } = namesIn(key, front.setup.apiKey, queue)
  // Another tab has erased the person, so this tab's events go too; or two tabs have changed the person at once.
  if (ports.ownJournal && (today ?? older)?.startsWith(PERSON_KEY)) {
    tellErased(front, ports.ownJournal, front.reload)
    forgetFormer()
    void front.flagWork?.look(true)
  }
  // A tab that was closed right after a choice may not have written it to IndexedDB.
  if (isOfChoice(today ?? older)) {
    refusals.keepLater()
    decide()
  }
  // A tab of an earlier version may have another endpoint, whose queue has the choice then.
  if (older?.endsWith(CHOICE_AT_KEY)) drainEarlier()
}
