/** Drops what a page has captured and not handed over, for a choice of the person, and tells of each event. */

import type { Early } from '../../client/first/capture'
import type { Front } from '../../client/first/front'
import { eraseOutbox, type Outbox } from '../../client/first/outbox'
import { PERSON_KEY } from '../../client/first/person'
import { wasPosted } from '../../client/late/posted-handovers'
import { uuidOf } from '../../core/event/event-json'
import type { Journal } from '../first/journal'
import type { Refusals } from './last-refusal'
import type { StoragePorts } from './persistence'

const BEFORE = 'captured before the person refused'

/** Drops what was captured, and tells of each event. */
export function dropWaiting({ capture, outbox }: Front, reason: 'opted_out' | 'shutdown', detail: string): void {
  const early = uuidsOf(capture.early?.splice(0))
  const gone = new Set([...early, ...uuidsIn(outbox)])
  eraseOutbox(outbox)
  capture.emitDrop(reason, detail, [...gone])
}

/**
 * Forgets what the first code captured and a choice has erased since, and tells of each event: what is still noted as
 * captured early counts as told to the server.
 */
export function forgetErasedEarly({ capture, outbox }: Front): void {
  const waiting = new Set(uuidsIn(outbox))
  const captured = uuidsOf(capture.early)
  capture.early &&= capture.early.filter(({ event }) => waiting.has(event.uuid))
  capture.emitDrop(
    'opted_out',
    BEFORE,
    captured.filter((uuid) => !waiting.has(uuid)),
  )
}

/**
 * Drops what was captured before a refusal. The page may hear of it only after a later consent: as one in the
 * back/forward cache does, or one whose late code was not there.
 *
 * @returns whether there was a refusal that the page had not heard of
 */
export function dropRefused(front: Front, { kept }: Pick<StoragePorts, 'kept'>, refusals: Refusals): boolean {
  const { last, heeded } = refusals
  const refused = last.refusedAt > heeded.refusedAt
  const erased = last.erasedAt > heeded.erasedAt
  refusals.heed(last)
  // A page that stores reads from the device who came after. A page that stores nothing has the erased person in its
  // memory alone, and resets that person. It does so before it tells of what was captured: a listener may capture an
  // event, which is the next person's.
  if (erased && kept.get(PERSON_KEY) === undefined) {
    front.person.reset()
    if (front.successor) front.successor = front.person.state.anonymousId
  }
  if (refused || erased || front.ofConsent.optedOut) dropWaiting(front, 'opted_out', BEFORE)
  return refused
}

/**
 * Heeds an erasure in another tab while the code that does so in a page which stores nothing (`heed-in-memory.ts`) is
 * on its way: otherwise what the page has captured would be sent when the page is left.
 */
export function heedErasures(front: Front, ports: Pick<StoragePorts, 'kept' | 'ownJournal'>, refusals: Refusals): void {
  function heed(): void {
    const { last, heeded, chosenAt } = refusals
    if (front.courier || ports.ownJournal) return
    if (last.erasedAt > Math.max(heeded.erasedAt, chosenAt)) dropRefused(front, ports, refusals)
  }
  // A page in the back/forward cache is not told of what another page stores.
  for (const name of ['storage', 'pageshow']) addEventListener(name, heed)
  heed()
}

/**
 * For an erasure that this page learns of from elsewhere: from the disk, another tab or another subdomain.
 *
 * @param journal the page's journal: the host that takes it up tells of the events that are in it
 * @param heed what may erase all events that the page has not handed over yet
 */
export function tellErased({ capture, outbox }: Front, journal?: Journal, heed?: () => void): void {
  const captured = uuidsIn(outbox, journal)
  heed?.()
  if (outbox.count === 0) capture.emitDrop('opted_out', BEFORE, captured)
}

const uuidsOf = (early?: Early[]) => early?.map(({ event }) => event.uuid) ?? []

/** The events of which no host can tell what became of them: no host was given them, nor finds them in the journal. */
const uuidsIn = ({ unacknowledged, unsent }: Outbox, journal?: Journal): string[] =>
  [...[...unacknowledged].filter((one) => !wasPosted(one) && !journal?.asked.has(one)), ...unsent].flatMap(
    ({ events }) => events.map(uuidOf),
  )
