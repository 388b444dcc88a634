/** Drops what a page has captured while nothing is known of the person's choice, or while it has none. */

import type { Front } from '../../client/first/front'
import { eraseOutbox } from '../../client/first/outbox'
import { PERSON_KEY } from '../../client/first/person'
import type { Refusals } from './last-refusal'
import type { StoragePorts } from './persistence'
import { uuidsIn } from './tell-erased'

/** What was captured is gone, and is told. */
export function dropWaiting({ capture, outbox }: Front, reason: 'opted_out' | 'shutdown', detail: string): void {
  const early = capture.early?.splice(0).map(({ event }) => event.uuid) ?? []
  const gone = new Set([...early, ...uuidsIn(outbox)])
  eraseOutbox(outbox)
  capture.emitDrop(reason, detail, [...gone])
}

/**
 * Drops what was captured before a refusal. The page may hear of it only after a later consent: as one in the back/forward cache
 * does, or one whose late code was not there.
 *
 * @returns whether there was a refusal that the page had not heard of
 */
export function dropRefused(front: Front, { kept }: Pick<StoragePorts, 'kept'>, refusals: Refusals): boolean {
  const { last, heeded } = refusals
  const refused = last.refusedAt > heeded.refusedAt
  const erased = last.erasedAt > heeded.erasedAt
  refusals.heed(last)
  // Elsewhere the device says who came after. A page that stores nothing has the erased person in its memory alone. Before what was
  // captured is told of: a listener may capture an event, which is the next person's.
  if (erased && kept.get(PERSON_KEY) === undefined) {
    front.person.reset()
    if (front.successor) front.successor = front.person.state.anonymousId
  }
  if (refused || erased || front.ofConsent.optedOut)
    dropWaiting(front, 'opted_out', 'captured before the person refused')
  return refused
}
