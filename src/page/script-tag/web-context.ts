/** Web context of a page with the script tag: also of events that were captured before this code was there. */

import type { Addition } from '../../client/first/front'
import type { KeyValueStore } from '../../client/first/person'
import { addContext, createContext } from '../../plugins/web-context/web-context'
import type { Outlast } from '../types'
import type { Moment } from './note-moments'

// Of posthog-js's names, which load the same file.
export { webContext } from '../../web-context'

/**
 * Adds the web context to events from now on, and gives that of the events so far, by the properties with which they were made.
 *
 * @param moments of the events so far
 * @param landing the page's address when the script tag ran: a router may have changed it since
 */
export function startWebContext(
  client: Outlast,
  moments: readonly Moment[],
  landing: string,
): (made: object) => Addition | undefined {
  const contextFor = createContext(client, {}, window, landing)
  const additions = new Map<object, Addition>()
  for (const [preparing, address, anonymousId, distinctId, stored] of moments) {
    const [made, name, given, asked, mask, kept, tab] = preparing
    // Nothing is written down any more of a person who was reset or erased since.
    const isPresent = anonymousId === client.getAnonymousId()
    const stores = isPresent ? ([kept, tab] as const) : ([readOnly(stored), readOnly([])] as const)
    try {
      const { properties, once } = contextFor([made, name, given, asked, mask, ...stores], [address, anonymousId, distinctId])
      additions.set(made, [properties, once])
    } catch (error) {
      console.warn('[outlast] no web context of an event:', error)
    }
  }
  addContext(client, contextFor)
  return (made) => additions.get(made)
}

const readOnly = (stored: Moment[4]): KeyValueStore => ({
  get: (key) => new Map(stored).get(key),
  set: () => undefined,
  remove: () => undefined,
  keys: () => [],
})
