/**
 * Notes of each event what will be asked about it once the code is there that adds to events: the page's address, and the
 * person. The event itself is made when it is captured, as ever; what is added is put on it afterwards
 * (`client/late/additions.ts`).
 */

import type { Preparing } from '../../client/first/front'
import type { Outlast } from '../types'

/** By position: the code that reads it is another file. */
export type Moment = [
  preparing: Preparing,
  address: string,
  anonymousId: string,
  distinctId: string,
  /** What the client's storage had of the person then: a `reset` removes it. */
  stored: [key: string, value: string | undefined][],
]

/** Where the code never comes, no more than this many are noted. */
const MAX_MOMENTS = 1_000

/** @returns the list to which they are added, and the end of it */
export function noteMoments(client: Outlast): [moments: Moment[], end: () => void] {
  const moments: Moment[] = []
  const note = (preparing: Preparing) => {
    if (moments.length >= MAX_MOMENTS) return
    const id = client.getAnonymousId()
    const kept = preparing[5]
    const stored = ['initial', 'entry'].map((what): [string, string | undefined] => {
      const key = `person:${id}:${what}`
      return [key, kept.get(key)]
    })
    moments.push([preparing, location.href, id, client.getDistinctId(), stored])
  }
  // The public type does not name it.
  return [moments, (client.on as unknown as (name: 'event', to: typeof note) => () => void)('event', note)]
}
