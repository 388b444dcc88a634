/** What became of one event. */

import type { DropReason } from '../../../src/core/base/reports'
import type { Context, Exchange } from '../exchange'

/** Characters that an event of a simulated page has at most, without its padding. */
const SIZE_WITHOUT_PADDING = 600

/** An event as it was captured. */
export interface Captured {
  uuid: string
  /** In ms of the timeline. */
  capturedAt: number
  /** Characters that it takes at most. */
  size: number
  /** What captured it. */
  page: Context
  name: string
  timestamp: string
  /** Of the person's choices (`Refusal`), where it was captured while the person agreed. */
  turn: number | undefined
  /** Since when there was a refusal that its page could know as it captured it, in ms of the timeline. */
  refusedSince?: number | undefined
  /** Absent in an event. */
  request?: GivenRequest | undefined
}

/** What a page gave a relay to send. */
export interface GivenRequest {
  /** Counts those that pages have given in all. */
  number: number
  method: string
  url: string
  headers: Record<string, string>
  /** A character for each byte. */
  body: string | undefined
  credentials: string
  key: string | undefined
  /** For so many ms its headers may be stored. */
  limitMs: number | undefined
}

/** The person asked that all be erased that had been captured by then. */
export interface Erasure {
  /** When, in ms of the timeline, */
  at: number
  /** and by the wall clock. */
  wall: number
  /** From when on a host reads of it before it takes or claims anything: never, where it may be on no disk. */
  onDiskFrom: number
  /** From when on every page has been told that runs its late code: never, where localStorage may not have taken it. */
  toldFrom: number
}

export interface Witness extends Captured {
  /** Those that it was captured before. */
  erasures: Erasure[]
  /** When a sender took it for a request last, in the transaction that reads of erasures, in ms of the timeline. */
  claimedAt?: number
  /** Counts what came to disk, in the order in which it did. */
  place?: number

  /** As it stood on the wire first, by format. */
  wire: Map<string, string>
  /** In how many rows of the journal it is: on disk, and accepted by no host yet. */
  journaled: number
  /** In the queue. */
  onDisk: boolean
  /** Wall-clock time of its commit. */
  committedAt?: number
  acknowledged: boolean
  /** By the queue's bounds, in the transaction that took the rest of its handover. */
  refused: boolean
  /** The page gave it up before a host had it. */
  droppedHere?: DropReason
  /** It left the disk. */
  settled: boolean
  /** Who erased it from the queue: another sender may have been about to send it. */
  erasedBy?: Context
  /** Requests that were made with it, */
  requests: number
  /** those on the wire that may still be open or took it, */
  exchanges: Exchange[]
  /** and how often it was taken. */
  taken: number
  rejected: boolean
  /** The last answer to a request with it was 400. */
  badRequest: boolean
  tooLargeAlone: boolean
  /** In the memory of a page that keeps nothing on disk. */
  inMemory: boolean
  beaconed: boolean
  /** Left in localStorage by a page that went away: some page takes it up. */
  writtenDown: boolean
  /** A host told that it gave it up. */
  toldDropped: boolean
}

export function newWitness(event: Omit<Captured, 'size'>, padding: number): Witness {
  return {
    ...event,
    size: padding + SIZE_WITHOUT_PADDING,
    erasures: [],
    wire: new Map(),
    journaled: 0,
    onDisk: false,
    acknowledged: false,
    refused: false,
    settled: false,
    requests: 0,
    exchanges: [],
    taken: 0,
    rejected: false,
    badRequest: false,
    tooLargeAlone: false,
    inMemory: false,
    beaconed: false,
    writtenDown: false,
    toldDropped: false,
  }
}

/** Whether nothing is known of what became of it. */
export function isOpen({ committedAt, droppedHere, inMemory, taken, toldDropped, refused }: Witness): boolean {
  if (committedAt !== undefined || droppedHere !== undefined || toldDropped || refused) return false
  return !inMemory || taken === 0
}
