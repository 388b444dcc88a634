/**
 * Tells the trace what happens, and holds the promises against it: each at the moment at which it could first be wrong.
 * The first breach is kept, so the order of the checks of a moment says which of two is named.
 */

import type { Stats } from '../../../src/core/base/accounting'
import type { DropReason } from '../../../src/core/base/reports'
import type { HostMessage, PageMessage } from '../../../src/core/host/messages'
import type { Breach } from '../../support/breach'
import type { Answer } from '../answers'
import type { Change } from '../disk'
import type { Context, Exchange } from '../exchange'
import { accounting, balanced } from './accounting'
import { acknowledged, sentBeforeCommit } from './acknowledged'
import { agreed } from './agreed'
import { attempts, attemptsOnWire } from './attempts'
import { backoff } from './backoff'
import { backups } from './backups'
import { lengthOfHandover, sizeOfBatch, sizeOfQueue, sizeOfRequest } from './bounds'
import { consent, consentOfBeacon, type PersonWritten, personStored } from './consent'
import { drained } from './drained'
import { dropped } from './dropped'
import { duplicate } from './duplicate'
import { erased, erasedOfBeacon } from './erased'
import type { Circumstances, Commit, End, Sent, Words } from './facts'
import { halving } from './halving'
import { handover } from './handover'
import { identity } from './identity'
import { lease, leaseOfBatch } from './lease'
import { locks } from './locks'
import { lost, lostFromJournal } from './lost'
import { once, onceInTransaction } from './once'
import { moved, pageExit, takenUp } from './page-exit'
import { stillWaiting } from './promises'
import { reason } from './reason'
import { intact, intactBody, leftRefused, oneAtOnce, order, outlived, replaced } from './requests'
import { told } from './told'
import { Trace } from './trace'
import { uuid, uuidOnDisk } from './uuid'
import { wire } from './wire'
import type { Captured, Witness } from './witness'

/** Judges the facts of a moment. */
type Check<Facts> = (facts: Facts) => Breach | undefined

const AT_COMMIT: Check<Commit>[] = [
  handover,
  attempts,
  backoff,
  halving,
  leaseOfBatch,
  sizeOfBatch,
  uuidOnDisk,
  onceInTransaction,
  accounting,
  once,
  lost,
  reason,
  agreed,
  sizeOfQueue,
  dropped,
]

const AT_REQUEST: Check<Sent>[] = [
  wire,
  sizeOfRequest,
  identity,
  consent,
  erased,
  lease,
  duplicate,
  sentBeforeCommit,
  attemptsOnWire,
]

const AT_THE_END: Check<End>[] = [drained, stillWaiting, takenUp, backups, locks, told]

/** What is checked of the requests of a relay's queue where it is not what is checked of events. */
const OF_REQUESTS_AT_COMMIT: Check<Commit>[] = [...AT_COMMIT, replaced]

const OF_REQUESTS_AT_SEND: Check<Sent>[] = [
  ...AT_REQUEST.filter((check) => check !== identity && check !== sizeOfRequest),
  intact,
  order,
  outlived,
  oneAtOnce,
]

/** What several oracles find together. */
export interface Findings {
  /** The first promise that was broken. */
  broken: Breach | undefined
}

export class Oracle {
  readonly trace: Trace

  /** @param ofRequests what the queue holds are the requests of a relay */
  constructor(
    private readonly circumstances: () => Circumstances,
    readonly findings: Findings = { broken: undefined },
    private readonly ofRequests = false,
  ) {
    this.trace = new Trace(circumstances)
  }

  get broken(): Breach | undefined {
    return this.findings.broken
  }

  hold<Facts>(facts: Facts, ...checks: Check<Facts>[]): void {
    for (const check of checks) this.findings.broken ??= check(facts)
  }

  captured(event: Omit<Captured, 'capturedAt' | 'size' | 'timestamp'>, padding: number): Witness {
    return this.trace.captured(event, padding)
  }

  said(page: Context, message: PageMessage, memory: boolean): void {
    const { trace } = this
    const handedOver = trace.said(page.name, message, memory)
    if (!handedOver) return
    const { name, uuids, differs } = handedOver
    this.hold({ differing: differs ? [name] : [], neverHandedOver: [], refusals: trace.refusals }, handover)
    this.hold(uuids, lengthOfHandover)
    this.hold(trace, uuid)
  }

  heard(page: Context, message: HostMessage, memory: boolean): void {
    if (message.type === 'stats') this.counted(message.stats, 'the stats a page was given')
    const witnesses = this.trace.heard(page.name, message, memory)
    this.hold(this.trace, uuid)
    this.hold({ witnesses }, acknowledged)
  }

  counted(counts: Stats, of: string): void {
    this.hold({ counts, of }, balanced)
  }

  droppedByPage(why: DropReason, uuids: string[]): void {
    this.trace.droppedByPage(why, uuids)
    this.hold(this.trace, uuid)
  }

  droppedByHost(why: DropReason, uuids: string[], count: number, memory: boolean): void {
    this.trace.droppedByHost(why, uuids, count, memory)
    this.hold(this.trace, uuid)
  }

  /** A page said its last words, over a disk that keeps what it is given. */
  left(page: Context, captured: Witness[], words: Words, backups: string): void {
    this.hold(this.trace.left(page.name, captured, words, backups), pageExit)
  }

  /** A page removes from localStorage what itself or another one wrote there. */
  personWritten(written: PersonWritten): void {
    this.hold(written, personStored)
  }

  backupRemoved(by: Context, text: string): void {
    const { events, refusals } = this.trace
    const written = [...events.values()].filter(({ uuid }) => text.includes(uuid))
    this.hold({ by, written, refusals, ...this.circumstances() }, moved)
  }

  committed(by: Context, changes: Change[]): void {
    const { trace } = this
    const commit = trace.committing(by, changes)
    this.hold(trace, uuid)
    this.hold(commit, ...(this.ofRequests ? OF_REQUESTS_AT_COMMIT : AT_COMMIT))
    trace.commit(commit)
    this.hold(trace, uuid)
    this.hold(commit, lostFromJournal)
  }

  begun(exchange: Exchange): void {
    this.trace.begun(exchange)
    this.hold(this.trace, uuid)
  }

  /** @param open requests that its sender has in flight, this one among them */
  sent(exchange: Exchange, open: Exchange[]): void {
    const sent = this.trace.sending(exchange, open)
    this.hold(sent, ...(this.ofRequests ? OF_REQUESTS_AT_SEND : AT_REQUEST))
    this.trace.send(sent)
  }

  took(id: string): void {
    this.trace.took(id)
    this.hold(this.trace, uuid)
  }

  answered(exchange: Exchange, answer: Answer): void {
    this.trace.answered(exchange, answer)
    this.hold(this.trace, uuid)
  }

  beaconed(exchange: Exchange): void {
    const events = this.trace.beaconed(exchange)
    this.hold(this.trace, uuid)
    const { choices } = this.circumstances()
    if (this.ofRequests) {
      this.hold({ events }, intactBody)
      this.hold({ sender: exchange.sender, events, choices }, leftRefused)
    } else this.hold({ events: events.filter(({ witness }) => !witness.wire.has('v1')) }, identity)
    this.hold({ events, choices }, consentOfBeacon)
    this.hold({ exchange, events }, erasedOfBeacon)
  }

  ended(state: Pick<End, 'pages' | 'backups' | 'locks'>): void {
    const { journaled, pending, refusals, told: drops, record, events } = this.trace
    const counted = record?.dropped ?? {}
    const known = { journaled, pending, refusals, told: drops, counted, events: events.values() }
    this.hold({ ...this.circumstances(), ...state, ...known }, ...AT_THE_END)
  }
}
