/** The facts of each moment at which something is checked: what the trace says of it. */

import type { Dropped } from '../../../src/core/base/accounting'
import type { DropReason } from '../../../src/core/base/reports'
import type { TransportSettings } from '../../../src/core/config/settings'
import type { BatchRecord, QueueRecord } from '../../../src/core/queue/records'
import type { Context, Exchange } from '../exchange'
import type { Form } from './handovers'
import type { Witness } from './witness'

/** What holds for the whole browser at a moment. */
export interface Circumstances {
  settings: TransportSettings
  /** ms of the timeline. */
  elapsed: number
  /** The wall clock, in ms since the epoch. */
  wall: number
  /** The latest that the wall clock has said since that moment of the timeline, in ms since the epoch. */
  latestWallSince(elapsed: number): number
  /** How far the wall clock was set back lately, in ms. */
  setBackMs: number
  /** A sender cannot tell which other senders live: a lease ends by the wall clock, which jumps. */
  leasesUnsure: boolean
  choices: Choices
}

/** What the person chose, as far as a check has to know it. */
export interface Choices {
  /** localStorage had no room for a refusal, so that other pages may not have heard of it. */
  readonly isUnheard: boolean
  /** Whether the person refuses now, and has said so in this page. */
  isRefusedIn(page: Context): boolean
  /** Whether this page may give up what it captures now because of a choice. */
  mayGiveUp(page: Context): boolean
  /** Whether an event that was captured in that turn must still not be dropped because of a choice. */
  isAgreed(page: Context, turn: number | undefined): boolean
  /** Whether the disk has not failed this page since that refusal. */
  couldRead(page: Context, since: number): boolean
}

/** What says whether a choice of the person may have cost an event. */
export interface Chosen {
  /** How often a person has opted out so far: from then on hosts and pages may give up what they have not delivered. */
  refusals: number
  choices: Choices
}

/** A transaction on the library's database was committed. */
export interface Commit extends Circumstances, Chosen {
  by: Context
  batches: { before: BatchRecord | undefined; after: BatchRecord | undefined }[]
  /** Events that were given up in a row after a 400, each alone, and none was delivered in between. */
  givenUpAlone: number
  /** Events that were alone in a request that was answered with 400, so far. */
  refusedAlone: number
  /** Handovers that were committed and that no page had posted or journaled. */
  neverHandedOver: string[]
  /** Rows of the journal with other events than the handover of that name had. */
  differing: string[]
  /** Uuids on disk that were never captured. */
  strangers: string[]
  /** Events moved on disk, and there is no queue. */
  withoutQueue: boolean
  /** What happened to the queue, if something did. */
  queue: QueueChange | undefined
  /** What was in a row of the journal that went. */
  leftJournal: Witness[]
}

export interface QueueChange {
  after: QueueRecord
  /** Events on disk, */
  stored: number
  /** and their characters. */
  storedSize: number
  /** Events that came to disk or left it more than once, with how often. */
  repeated: { uuid: string; times: number }[]
  added: Witness[]
  removed: Witness[]
  /** By how much the counters of the queue grew. */
  accepted: number
  delivered: number
  dropped: Dropped
  /** Reasons whose counter became less. */
  fewer: DropReason[]
  /** Adds to what was dropped before what the person refused. */
  isErasure: boolean
  handedOver: HandoversCommitted | undefined
}

/** The handovers that a transaction committed. */
export interface HandoversCommitted {
  /** All forms of each, */
  forms: Form[][]
  /** and the form of each that explains the counters. */
  committed: Form[] | undefined
  /** Events of the committed forms that did not come to the queue. */
  refused: Witness[]
}

/** An event that leaves the device, with the JSON that it had when it first did. */
export interface Outgoing {
  witness: Witness
  json: string
  first: string | undefined
}

/** A request is on the wire. */
export interface Sent extends Circumstances {
  exchange: Exchange
  /** Requests that its sender has in flight, this one among them. */
  open: number
  /** Those of them whose events are where this one's are: on disk, or in their page's memory alone. */
  openAlike: number
  events: Outgoing[]
  /** All that is in the queue. */
  onDisk: ReadonlySet<Witness>
  /** What its headers say of its batch, and what those of the batch's last request said. Only v1 has them. */
  attempt: { requestId: string; attempt: number; last: Attempt | undefined } | undefined
}

export interface Attempt {
  attempt: number
  uuids: Set<string>
}

/** A page said its last words, over a disk that keeps what it is given. */
export interface Left {
  page: string
  /** Events of the page that are neither committed nor in the journal, and that no choice may have cost. */
  open: Witness[]
  /** Characters that localStorage has to hold with all of them. */
  size: number
  words: Words
}

/** What a page did with its last words. */
export interface Words {
  /** The uuids that it posted to a worker. */
  posted: Set<string>
  /** It tried to write to localStorage, and could not. */
  unwritten: boolean
  /** A beacon did not take what it was given, or none could be sent. */
  unsent: boolean
}

/** Nothing has failed for as long as the library may take for all that is left. */
export interface End extends Circumstances, Chosen {
  /** Events in the journal, */
  journaled: number
  /** and in the queue. */
  pending: number
  pages: { name: string; waiting: string[]; captured: Witness[] }[]
  events: Iterable<Witness>
  /** Keys of what pages have left in localStorage for others. */
  backups: string[]
  locks: { name: string; holder: string }[]
  /** What hosts told of drops, by reason, and what the queue has counted. */
  told: Dropped
  counted: Dropped
}
