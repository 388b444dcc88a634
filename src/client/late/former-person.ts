/**
 * Removes from sessionStorage what it has of the person before a reset. sessionStorage outlives a reset, which any tab
 * may have made: the tab's next page would give the former person's window id to the next person, which links the two.
 */

import { asRecord } from '../../core/base/values'
import type { Front } from '../first/front'
import { PERSON_KEY, parsed } from '../first/person'

/** @returns a function that looks for the former person's values after a reset in another tab */
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
    // The plugin for web context notes in `of` to whom its record belongs.
    if (asRecord(parsed(tab, PERSON_KEY)).of !== anonymousId) tab.remove(PERSON_KEY)
    // posthog-js's names note in `by` to whom their records of a session and of told flags belong.
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
