/** Web context of a page with the script tag: also of events that were captured before this code was there. */

import type { Adding, Addition } from '../../client/first/client-events'
import type { KeyValueStore } from '../../client/first/person'
import type { Surroundings } from '../../plugins/web-context/surroundings'
import { type ContextFor, type OnWithEnd, RUNNING, startContext } from '../../plugins/web-context/web-context'
import type { Outlast } from '../types'
import type { Moment } from './note-moments'

// For posthog-js's names, which load this file too.
export { webContext } from '../../web-context'

/**
 * Adds the web context to events from now on, and gives the web context of the events so far, by the properties with
 * which they were made.
 *
 * @param moments of the events so far
 * @param landing the page's address when the script tag ran: a router may have changed it since
 */
export function startWebContext(client: Outlast, moments: readonly Moment[], landing: string): Adding {
  let place: Surroundings['location'] = new URL(landing)
  let whose: string | undefined
  /** The site has called `webContext` meanwhile, of this copy of the code or of another: its options count. */
  const isTaken = (client.on as OnWithEnd)[RUNNING] !== undefined
  const additions = new Map<object, Addition>()
  const page: Surroundings = {
    navigator,
    screen,
    devicePixelRatio,
    get innerWidth() {
      return innerWidth
    },
    get innerHeight() {
      return innerHeight
    },
    get location() {
      return place
    },
  }
  let ask: ContextFor | undefined
  startContext({ ...client, getAnonymousId: () => whose ?? client.getAnonymousId() }, {}, page, (contextFor) => {
    ask = contextFor
    for (const [preparing, address, anonymousId, initial, entry] of moments) {
      if (isTaken && Object.hasOwn(preparing[0], '$raw_user_agent')) continue
      const [made, name, given, asked, mask, kept, tab] = preparing
      // Nothing is written down any more of a person who was reset or erased since.
      const isPresent = anonymousId === client.getAnonymousId()
      const stores = isPresent ? ([kept, tab] as const) : ([readOnly(initial, entry), readOnly()] as const)
      place = new URL(address)
      whose = anonymousId
      try {
        additions.set(made, contextFor([made, name, given, asked, mask, ...stores]))
      } catch (error) {
        console.warn('[outlast] no web context of an event:', error)
      }
    }
    place = location
    whose = undefined
    return !isTaken
  })
  return (made, now) => {
    const moment = made !== now && additions.has(made) && moments.find(([preparing]) => preparing[0] === made)
    if (!moment || !ask) return additions.get(made)
    const [[, name, given, asked, mask, kept, tab], address] = moment
    place = new URL(address)
    const added = ask([now, name, given, asked, mask, kept, tab])
    place = location
    return added
  }
}

const readOnly = (initial?: string, entry?: string): KeyValueStore => ({
  get: (key) => (key.endsWith(':entry') ? entry : key.endsWith(':initial') ? initial : undefined),
  set: () => undefined,
  remove: () => undefined,
  keys: () => [],
})
