/** Compares the requests that pages gave a relay, and those that they knew to be stored, with what arrived. Pure. */

import { breach, type Disturbance, isCarriedAgain, timesOf } from './account'
import type { SeenBody } from './request-host'

export interface FactsOfRequests {
  /** The mark that the round's requests carry. */
  mark: string
  /** The body of each request that pages gave, by its id: what a page gave stands in the order in which it gave it. */
  given: ReadonlyMap<string, string>
  /** Those that were answered with 202 from disk. */
  stored: ReadonlySet<string>
  /** Those that were refused or dropped, with the reason. */
  refused: ReadonlyMap<string, string>
  seen: readonly SeenBody[]
  disturbances: readonly Disturbance[]
  pending: number
}

export interface AccountOfRequests {
  requests: number
  requestsStored: number
  requestsArrived: number
  requestsLost: number
  requestsRepeated: number
}

export const NO_REQUESTS: AccountOfRequests = {
  requests: 0,
  requestsStored: 0,
  requestsArrived: 0,
  requestsLost: 0,
  requestsRepeated: 0,
}

export function accountOfRequests(facts: FactsOfRequests): AccountOfRequests & { breaches: string[] } {
  const { mark, given, stored, refused, seen, disturbances, pending } = facts
  const carriers = new Map<string, SeenBody[]>()
  for (const one of seen) {
    const id = one.uuids[0] as string
    carriers.set(id, [...(carriers.get(id) ?? []), one])
  }
  const lost = [...stored].filter((id) => !carriers.has(id))
  // The word of a request can be lost with the browser that was to pass it on; the request itself proves it then.
  const isOwn = ({ uuids, text }: SeenBody) => text.startsWith(JSON.stringify({ mark, id: uuids[0] }).slice(0, -1))
  const foreign = seen.filter((one) => !isOwn(one))
  const changed = seen.filter(({ uuids, text }) => (given.get(uuids[0] as string) ?? text) !== text)
  const unexplained = [...carriers].filter(
    ([, copies]) => copies.length > 1 && !isCarriedAgain([...copies], disturbances),
  )
  return {
    requests: given.size,
    requestsStored: stored.size,
    requestsArrived: carriers.size,
    requestsLost: lost.length,
    requestsRepeated: seen.length - carriers.size,
    breaches: [
      breach(lost, 'requests were answered with 202 and lost'),
      breach(
        foreign.map(({ uuids }) => String(uuids[0])),
        'requests arrived and were never given',
      ),
      breach(
        changed.map(({ uuids }) => String(uuids[0])),
        'requests arrived changed',
      ),
      breach(
        unexplained.map(([id, copies]) => `${id} (${timesOf(copies, disturbances)})`),
        'requests were sent again though no answer can have been lost',
      ),
      breach(
        [...refused].map(([id, reason]) => `${id} (${reason})`),
        'requests were refused or dropped without a cause',
      ),
      pending === 0 ? [] : [`the queue of requests was not drained: ${pending} pending`],
    ].flat(),
  }
}
