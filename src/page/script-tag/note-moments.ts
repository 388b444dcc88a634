/**
 * Notes for each event the page's address and the person, for the code that adds to events later. The event itself is
 * made when it is captured, as ever; additions are put on it afterwards (`client/late/additions.ts`).
 */

import type { ClientOn, Preparing } from '../../client/first/client-events'
import type { Outlast } from '../types'

/** The parts are known by their position, since the code that reads them is in another file. */
export type Moment = [
  preparing: Preparing,
  address: string,
  anonymousId: string,
  /** What the client's storage had of the person then, which a `reset` removes. */
  initial: string | undefined,
  entry: string | undefined,
]

/** Where the code never comes, no more than this many are noted. */
const MAX_MOMENTS = 1_000

/** @returns the list to which moments are added, and a function that ends the noting */
export function noteMoments(client: Outlast): [moments: Moment[], end: () => void] {
  const moments: Moment[] = []
  const note = (preparing: Preparing) => {
    if (moments.length >= MAX_MOMENTS) return
    const id = client.getAnonymousId()
    const stored = (what: string) => preparing[5].get(`person:${id}:${what}`)
    moments.push([preparing, location.href, id, stored('initial'), stored('entry')])
  }
  return [moments, (client.on as ClientOn)('event', note)]
}
