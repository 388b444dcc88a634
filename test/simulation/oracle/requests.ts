/** What a relay promises of requests, besides what holds for all that is queued. */

import { Breach } from '../../support/breach'
import type { Context } from '../exchange'
import type { Circumstances, Commit, Outgoing, Sent } from './facts'
import type { GivenRequest, Witness } from './witness'

/** ms for which a request may be on its way to the network after the last look at how old it is: a slow platform's. */
const ON_ITS_WAY_MS = 60_000

/** A request is sent as the page gave it. */
export function intact({ events }: { events: Outgoing[] }): Breach | undefined {
  for (const { witness, json } of events) {
    const { method, url, headers, body, credentials } = ofWire(json)
    const { request } = witness
    const found =
      differs('method', method, request?.method) ??
      differs('address', url, request?.url) ??
      differs('credentials', credentials, request?.credentials) ??
      differs('headers', JSON.stringify(headers), JSON.stringify(request?.headers)) ??
      differs('body', body, request?.body)
    if (found) return found
  }
  return undefined
}

/** What a page sends as it leaves says no more than a body. */
export function intactBody({ events }: { events: Outgoing[] }): Breach | undefined {
  for (const { witness, json } of events) {
    const { url, body = '' } = ofWire(json)
    const { request } = witness
    const found = differs('address', url, request?.url) ?? differs('body', body, request?.body ?? '')
    if (found) return found
  }
  return undefined
}

const ofWire = (json: string): GivenRequest => JSON.parse(json)

function differs(what: string, found: string | undefined, given: string | undefined): Breach | undefined {
  return found === given ? undefined : new Breach('intact', `the ${what} ${found} was given as ${given}`)
}

/** None is tried while an earlier one of its host waits or is on its way. */
export function order({ events, onDisk, exchange }: Sent): Breach | undefined {
  for (const { witness } of events) {
    const { place, inMemory, uuid } = witness
    if (place === undefined || inMemory) continue
    for (const earlier of onDisk) {
      if ((earlier.place ?? place) < place)
        return new Breach('order', `${exchange.sender.name} sends ${uuid} before ${earlier.uuid}`)
    }
  }
  return undefined
}

/**
 * A sender has one request of a host on its way. Where leases are unsure, a context may have two senders for one queue. A page whose
 * disk has failed for one of its relay's hosts may have two of that one: what it keeps in memory, and what earlier pages have left on disk.
 */
export function oneAtOnce({ exchange, openAlike, leasesUnsure }: Sent): Breach | undefined {
  const { length } = exchange.events
  if (length === 1 && (openAlike <= 1 || leasesUnsure)) return undefined
  return new Breach('order', `${exchange.sender.name} has ${openAlike} requests of a host on their way`)
}

/** No header is sent that was stored for longer than it may be. */
export function outlived({ events, wall, setBackMs }: Sent): Breach | undefined {
  for (const { witness } of events) {
    const ageMs = wall - setBackMs - Date.parse(witness.timestamp)
    const limitMs = witness.request?.limitMs
    if (limitMs !== undefined && ageMs > limitMs + ON_ITS_WAY_MS)
      return new Breach('outlived', `a header of ${witness.uuid} is sent after ${ageMs} ms`)
  }
  return undefined
}

/** A handover takes only such a request out that has not been tried, and that a later one of its key replaces. */
export function replaced({ queue }: Commit): Breach | undefined {
  if (!queue?.handedOver?.committed || !queue.dropped.replaced || queue.isErasure) return undefined
  const { removed, added, handedOver } = queue
  const later = [...added, ...handedOver.refused]
  for (const witness of removed) {
    const { uuid, requests, request } = witness
    if (requests > 0) return new Breach('replaced', `${uuid} was replaced, and has been tried`)
    if (!later.some((other) => isOfKey(other, request?.key)))
      return new Breach('replaced', `${uuid} was replaced by none of its key`)
  }
  return undefined
}

const isOfKey = ({ request }: Witness, key: string | undefined): boolean => key !== undefined && request?.key === key

/** What became of a request as its page was told. */
interface Answered {
  witness: Witness | undefined
  status: number
  statusText: string
  /** Where it is kept, if it was taken. */
  storage: string | null
  /** A person has opted out: what waits for an answer then may be refused though it is stored. */
  mayRefuse: boolean
  /** And has agreed since: who changes their mind within the 2 s after which a page asks may be told that what they erased is stored. */
  agreesAgain: boolean
}

/** What is answered with 202 is on disk, or was; and what is refused is not sent. */
export function answered({
  witness,
  status,
  statusText,
  storage,
  mayRefuse,
  agreesAgain,
}: Answered): Breach | undefined {
  if (!witness) return undefined
  const { uuid, committedAt, droppedHere, toldDropped, refused, settled } = witness
  if (status === 202) {
    // One that was replaced in the transaction that took it was never on disk by itself.
    if (storage === 'memory' || committedAt !== undefined || refused) return undefined
    if (agreesAgain && droppedHere === 'opted_out') return undefined
    return new Breach('acknowledged', `${uuid} was answered with 202 and is not committed`)
  }
  if (mayRefuse && statusText === 'opted_out') return undefined
  const isOver = droppedHere !== undefined || toldDropped || refused || settled
  return isOver ? undefined : new Breach('answer', `${uuid} was refused as ${statusText}, and is kept`)
}

/** A page in which the person refuses sends nothing as it is left, also not what was handed over before. */
export function leftRefused({ sender, events, choices }: Left): Breach | undefined {
  const [sent] = events
  if (!sent || !choices.isRefusedIn(sender)) return undefined
  return new Breach(
    'consent',
    `${sender.name} was left and sent ${sent.witness.uuid}, and the person had refused there`,
  )
}

interface Left extends Pick<Circumstances, 'choices'>, Pick<Sent, 'events'> {
  sender: Context
}

/** What is refused at once is refused for what is wrong with it. */
export function refusedAtOnce({ number, statusText, reasons }: RefusedAtOnce): Breach | undefined {
  return reasons.includes(statusText)
    ? undefined
    : new Breach('answer', `request ${number} was answered with ${statusText}, not with ${reasons}`)
}

export interface RefusedAtOnce {
  number: number
  statusText: string
  /** Those that apply. */
  reasons: string[]
}

/** A host that has never failed is held up by nothing, and by no other host. */
export function heldUp({
  uuid,
  waitedMs,
  limitMs,
}: {
  uuid: string
  waitedMs: number
  limitMs: number
}): Breach | undefined {
  if (waitedMs <= limitMs) return undefined
  return new Breach('heldUp', `${uuid} has waited ${waitedMs} ms, and its host has never failed`)
}

/** Nothing goes to a host that no page has named. */
export function namedHost({ url }: { url: string }): Breach | undefined {
  return new Breach('namedHost', `a request went to ${url}`)
}

/** A page is told of a drop once, and once more where a host without a disk dropped the same. */
export function toldOnce(told: { page: string; uuid: string; times: number; inMemory: boolean }): Breach | undefined {
  const { page, uuid, times, inMemory } = told
  if (times <= (inMemory ? 2 : 1)) return undefined
  return new Breach('toldOnce', `${page} was told ${times} times that ${uuid} was dropped`)
}
