/**
 * sessionStorage outlives a reset, which any tab may have made. What it has of the person before is removed: the tab's next
 * page would give that person's window id to the next one, which links the two.
 */

import { asRecord } from '../../core/base/values'
import type { Front } from '../first/front'
import { PERSON_KEY, parsed } from '../first/person'

/** @returns does it for a reset in another tab. One in this page does it by itself */
export function forgetFormerPerson({
  windows,
  tab,
  person,
  sharing,
}: Pick<Front, 'windows' | 'tab' | 'person' | 'sharing'>): () => void {
  function look(): void {
    const { anonymousId } = person.state
    // A frame, or the page around it, may have written the present person's id, which this page does not know then.
    for (const owner of Object.keys(windows)) {
      if (owner !== anonymousId && windows[owner] === tab.get('window')) tab.remove('window')
    }
    // As the plugin for web context keeps it.
    if (asRecord(parsed(tab, PERSON_KEY)).of !== anonymousId) tab.remove(PERSON_KEY)
    // As posthog-js's names keep what is of a session, and what was told of flags.
    for (const key of tab.keys()) {
      if (key.startsWith('ph_') && asRecord(parsed(tab, key)).by !== anonymousId) tab.remove(key)
    }
  }

  const { reset } = person
  person.reset = () => {
    reset()
    look()
  }
  if (sharing) sharing.onPerson = look
  look()
  return look
}
