/**
 * What really happened to each event, from captures, commits and requests, and the promises held against it. Everything
 * is checked at the moment at which it could first be wrong.
 */

import { isDeepStrictEqual } from 'node:util'
import { addDropped, type Dropped, totalDropped } from '../../src/core/base/accounting'
import type { DropReason } from '../../src/core/base/reports'
import type { TransportSettings } from '../../src/core/config/settings'
import { uuidOf } from '../../src/core/event/event-json'
import type { HostMessage, PageMessage } from '../../src/core/host/messages'
import type { Handover } from '../../src/core/queue/handover'
import type { BatchRecord, ProducerRecord, QueueRecord } from '../../src/core/queue/records'
import { longestPause } from '../../src/core/queue/retry'
import type { Answer } from './answers'
import { type Exchange, verdictAt } from './collector'
import type { Change } from './disk'
import type { Page } from './page'
import type { Realm } from './realm'
import type { Sim } from './sim'

/** The mark in the name of events that the worker's `beforeSend` drops. */
export const UNWANTED = 'unwanted'

/** Statuses that are tried again (docs/protocol.md §3.1). Written here anew: a check is no copy. */
const PASSING = new Set([408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])

/** Why a page gives up what a host may have in its hands by then: it cannot tell, and says the worse. */
const MAY_BE_ON_THEIR_WAY = new Set<DropReason>(['storage_full', 'opted_out', 'shutdown'])

/** Characters that an event of a simulated page has at most, without its padding. */
const SIZE_WITHOUT_PADDING = 600

/** Characters for which a page has room in localStorage in any case: it bounds itself at 500,000. */
const ROOM_FOR_SPILLS = 400_000

/**
 * ms of virtual time after which what was captured is on disk: the longest that the library means to take. Simulated
 * storage takes no time by itself, so there is room in it.
 */
const STORED_WITHIN_MS = 60

/** What pages write themselves, before a host has it: rows are handovers. */
const JOURNAL = 'journal'

export interface Witness {
  uuid: string
  /** In ms of the timeline. */
  capturedAt: number
  /** Characters that it takes at most. */
  size: number
  page: Realm
  name: string
  timestamp: string
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
  /** Who purged it from the queue: another sender may have been about to send it. */
  purgedBy?: Realm
  /** Requests that were made with it, */
  requests: number
  /** those on the wire that may still be open or took it, */
  exchanges: Exchange[]
  /** and how often it was taken. */
  taken: number
  rejected: boolean
  tooLargeAlone: boolean
  /** In the memory of a page that keeps nothing on disk. */
  inMemory: boolean
  beaconed: boolean
  /** Of `Refusal`: captured while the person agreed. */
  turn: number | undefined
  /** Captured against the person's choice. */
  refusedSince?: number | undefined
  /** Left in localStorage by a page that went away: some page takes it up. */
  writtenDown: boolean
  /** A host told that it gave it up. */
  toldDropped: boolean
}

interface Known {
  uuids: string[]
  dropped: Dropped
}

export class Breach extends Error {
  constructor(
    readonly check: string,
    detail: string,
  ) {
    super(`${check}: ${detail}`)
  }
}

export class Ledger {
  broken: Breach | undefined
  readonly events = new Map<string, Witness>()
  readonly counts = { captured: 0, acknowledged: 0, delivered: 0, dropped: 0, droppedByPages: 0 }
  /** What hosts told of drops, by reason. */
  readonly told: Dropped = {}
  /** Events in the journal. */
  journaled = 0
  /** How often a person opted out: from then on hosts and pages may give up what they have not delivered. */
  private refusals = 0
  record: QueueRecord | undefined
  private stored = 0
  private storedSize = 0
  private readonly handovers = new Map<string, Known[]>()
  private readonly posted = new Map<string, string>()
  private readonly attempts = new Map<string, { attempt: number; uuids: Set<string> }>()

  constructor(private readonly sim: Sim) {}

  breach(check: string, detail: string): void {
    this.broken ??= new Breach(check, detail)
  }

  /** Events on disk. */
  get pending(): number {
    return this.stored
  }

  /** Whether nothing is known of what became of it. */
  openIn({ committedAt, droppedHere, inMemory, taken, toldDropped, refused }: Witness): boolean {
    if (committedAt !== undefined || droppedHere !== undefined || toldDropped || refused) return false
    return !inMemory || taken === 0
  }

  /** Whether it must not be given up: nothing is known of what became of it, and no choice may have cost it. */
  private isKept(witness: Witness): boolean {
    return this.openIn(witness) && (this.refusals === 0 || this.isAgreed(witness))
  }

  private isAgreed({ page, turn }: Witness): boolean {
    return this.sim.refusal.isAgreed(page, turn)
  }

  /** P5, P10: what was captured in agreement is not dropped because of an earlier choice. */
  private checkAgreement(witnesses: Iterable<Witness>): void {
    for (const witness of witnesses) {
      if (this.isAgreed(witness)) {
        this.breach('agreed', `${witness.uuid} of ${witness.page.name} was dropped as opted_out, and the person agreed`)
      }
    }
  }

  /**
   * A page said its last words. What nobody has committed it wrote down; where it could not, it gave it to a worker or
   * a beacon, unless those refused it too.
   */
  checkFarewell({ realm, captured, setup, words }: Page, spilled: string): void {
    if (setup.options.persistence === 'memory') return
    const open = captured.filter((witness) => this.isKept(witness) && !witness.inMemory && witness.journaled === 0)
    let size = spilled.length
    for (const witness of open) {
      witness.writtenDown = spilled.includes(witness.uuid)
      if (!witness.writtenDown) size += witness.size
    }
    for (const witness of open) {
      const { uuid, writtenDown, beaconed } = witness
      const couldWrite = !words.unwritten && size < ROOM_FOR_SPILLS
      const saved = writtenDown || (!couldWrite && (beaconed || words.posted.has(uuid) || words.unsent))
      if (!saved) this.breach('farewell', `${uuid} was not written down by ${realm.name} when it was left`)
    }
  }

  /**
   * A page was killed. What it had captured a moment before that is on disk, or it is known what became of it, unless the
   * disk failed it since.
   */
  checkSurvivors({ realm, captured, setup }: Page): void {
    const { sim } = this
    if (!sim.promises.survives || setup.options.persistence === 'memory') return
    if (!sim.storageWorksFor(setup.version)) return
    const workedSince = Math.max(realm.hinderedUntil + STORED_WITHIN_MS, sim.diskHinderedUntil)
    const now = realm.frozen ? realm.frozenAt : sim.time.elapsed
    for (const witness of captured) {
      const { uuid, capturedAt, journaled, inMemory } = witness
      if (capturedAt <= workedSince || capturedAt >= now - STORED_WITHIN_MS) continue
      if (journaled > 0 || inMemory || !this.openIn(witness)) continue
      const ms = now - capturedAt
      this.breach('survives', `${uuid} was captured ${ms} ms before ${realm.name} was killed, and is not on disk`)
    }
  }

  /** The browser was killed before it had written out all of localStorage. */
  checkWrittenDown(spilled: string): void {
    for (const witness of this.events.values()) witness.writtenDown &&= spilled.includes(witness.uuid)
  }

  /** What was written down was taken up. */
  checkTakenUp(): void {
    for (const witness of this.events.values()) {
      const { uuid, page, writtenDown } = witness
      if (writtenDown && this.isKept(witness) && witness.journaled === 0) {
        this.breach('farewell', `${uuid} was written down by ${page.name} and is lost`)
      }
    }
  }

  /** What hosts said they dropped, they counted. */
  checkTold(): void {
    for (const reason of Object.keys(this.told) as DropReason[]) {
      const counted = this.record?.dropped[reason] ?? 0
      const told = this.told[reason] ?? 0
      if (told > counted)
        this.breach('told', `${told} events were told to be dropped as ${reason}, ${counted} are counted`)
    }
  }

  private get settings(): TransportSettings {
    return this.sim.settings
  }

  /** @param event `refusedSince` is the time of a refusal that the page could know, in ms of the timeline */
  captured(
    page: Realm,
    version: number,
    event: { uuid: string; name: string; padding: number; refusedSince?: number | undefined },
  ): Witness {
    const { uuid, name, padding, refusedSince } = event
    const witness: Witness = {
      uuid,
      turn: this.sim.refusal.agreementIn(page, version),
      capturedAt: this.sim.time.elapsed,
      size: padding + SIZE_WITHOUT_PADDING,
      page,
      name,
      timestamp: new Date(this.sim.time.wall()).toISOString(),
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
      tooLargeAlone: false,
      inMemory: false,
      beaconed: false,
      writtenDown: false,
      toldDropped: false,
    }
    this.events.set(uuid, witness)
    this.counts.captured += 1
    // Its page may hear of the refusal, and give the event up.
    const { refusal } = this.sim
    if (refusal.holds || refusal.isClockBehind || refusal.isOfErased(page)) {
      Object.assign(witness, { refusedSince, droppedHere: 'opted_out' })
    }
    return witness
  }

  /** A page says something to a host: a durable one, unless it is in `memory`. */
  said(page: Realm, message: PageMessage, memory: boolean): void {
    if (message.type !== 'handover') return
    const { handover } = message
    const { name, uuids } = this.know(handover)
    this.posted.set(`${page.name} ${message.id}`, name)
    if (handover.events.length > 500) this.breach('bounds', `a handover of ${handover.events.length} events`)
    if (memory) for (const uuid of uuids) this.mark(uuid, (witness) => (witness.inMemory = true))
  }

  /** A handover leaves its page, for a host or for the journal. */
  private know({ producer, seq, events, dropped }: Handover): { name: string; uuids: string[] } {
    const name = `${producer} ${seq}`
    const uuids = events.map(uuidOf)
    const known = this.handovers.get(name) ?? []
    const same = known.some((one) => one.uuids.length === uuids.length && one.uuids[0] === uuids[0])
    // Whoever asks to be forgotten empties what is on its way.
    if (known.length > 0 && !same && this.refusals === 0)
      this.breach('handover', `${name} was repeated with other events`)
    if (!same) this.handovers.set(name, [...known, { uuids, dropped: { ...dropped } }])
    return { name, uuids }
  }

  /** A page is told something: it may then forget what is committed. */
  heard(page: Realm, message: HostMessage, memory: boolean): void {
    if (message.type === 'stats') this.balanced(message.stats, 'the stats a page was given')
    if (message.type !== 'committed' || memory) return
    const name = this.posted.get(`${page.name} ${message.id}`)
    const known = name === undefined ? undefined : this.handovers.get(name)?.[0]
    for (const uuid of known?.uuids ?? []) {
      this.mark(uuid, (witness) => {
        if (witness.refused || witness.droppedHere !== undefined) return
        if (!witness.acknowledged) this.counts.acknowledged += 1
        witness.acknowledged = true
        if (witness.committedAt === undefined) {
          this.breach('acknowledged', `${uuid} was acknowledged and is not committed`)
        }
      })
    }
  }

  /** A page gave up events of its own, and hands over their number. */
  droppedByPage(reason: DropReason, uuids: string[], count: number): void {
    this.counts.droppedByPages += count
    for (const uuid of uuids) this.mark(uuid, (witness) => (witness.droppedHere = reason))
  }

  /** A person opts out. */
  refused(): void {
    this.refusals += 1
  }

  /** A person opts out with `clear`. */
  purged(witnesses: Witness[]): void {
    this.refused()
    for (const witness of witnesses) if (witness.committedAt === undefined) witness.droppedHere ??= 'opted_out'
  }

  /** A host over disk told every page of a drop. */
  droppedByHost(reason: DropReason, uuids: string[], count: number, memory: boolean): void {
    if (!memory) this.told[reason] = (this.told[reason] ?? 0) + count
    for (const uuid of uuids) this.mark(uuid, (witness) => (witness.toldDropped = true))
  }

  private mark(uuid: string, change: (witness: Witness) => unknown): void {
    const witness = this.events.get(uuid)
    if (witness) change(witness)
    else this.breach('uuid', `${uuid} was never captured`)
  }

  /** A transaction is on disk. */
  committed(realm: Realm, changes: Change[]): void {
    const moved = new Map<string, number>()
    const before = this.record
    let after = this.record
    let handovers: Known[][] | undefined
    const leftJournal: Witness[] = []
    for (const { table, key, before: old, after: now } of changes) {
      if (table === 'chunks' || table === 'bodies') {
        for (const json of eventsOf(old)) this.move(moved, json, -1)
        for (const json of eventsOf(now)) this.move(moved, json, 1)
      } else if (table === 'queues') {
        after = now as QueueRecord
      } else if (table === 'batches') {
        this.checkBatch(realm, old as BatchRecord | undefined, now as BatchRecord | undefined)
      } else if (table === 'producers' && now !== undefined) {
        handovers ??= []
        handovers.push(...this.newlyCommitted(String(key[1]), old as ProducerRecord | undefined, now as ProducerRecord))
      } else if (table === JOURNAL) {
        if (now !== undefined) this.know(now as Handover)
        for (const json of eventsOf(old)) this.inJournal(json, -1, (witness) => leftJournal.push(witness))
        for (const json of eventsOf(now)) this.inJournal(json, 1)
      }
    }
    this.committedToQueue(realm, changes, { before, after, moved, handovers })
    for (const witness of leftJournal) this.checkLeftJournal(realm, witness)
  }

  private committedToQueue(
    realm: Realm,
    changes: Change[],
    step: {
      before: QueueRecord | undefined
      after: QueueRecord | undefined
      moved: Map<string, number>
      handovers: Known[][] | undefined
    },
  ): void {
    const { after, moved, handovers } = step
    let { before } = step
    if (!after) return moved.size > 0 ? this.breach('accounting', 'events without a queue') : undefined
    if (before === after && moved.size === 0) return
    before ??= emptied(after)
    this.record = after
    const added: Witness[] = []
    const removed: Witness[] = []
    for (const [uuid, change] of moved) {
      const witness = this.events.get(uuid)
      if (!witness) return this.breach('uuid', `${uuid} is on disk and was never captured`)
      if (change > 1 || change < -1) this.breach('once', `${uuid} is in a transaction ${change} times`)
      if (change === 1) added.push(witness)
      if (change === -1) removed.push(witness)
    }
    this.checkAccount(before, after, added, removed, handovers)
    this.checkSplit(realm, changes)
    for (const witness of added) this.enter(witness, after)
    const isPurge = (after.dropped.opted_out ?? 0) > (before.dropped.opted_out ?? 0)
    if (isPurge && added.length === 0) this.checkAgreement(removed)
    for (const witness of removed) {
      witness.onDisk = false
      witness.settled = true
      if (isPurge) witness.purgedBy = realm
    }
  }

  /** Only whoever holds a batch makes others of it. */
  private checkSplit(realm: Realm, changes: Change[]): void {
    const batches = changes.filter(({ table }) => table === 'batches')
    if (!batches.some(({ before, after }) => !before && after && !(after as BatchRecord).lease)) return
    for (const { before, after } of batches) {
      const holder = (before as BatchRecord | undefined)?.lease?.sender
      if (before && !after && !gave(realm, holder)) {
        this.breach('lease', `${realm.name} splits a batch that ${holder ?? 'nobody'} holds`)
      }
    }
  }

  private inJournal(json: string, by: number, then: (witness: Witness) => void = () => undefined): void {
    this.journaled += by
    this.mark(uuidOf(json), (witness) => {
      witness.journaled += by
      then(witness)
    })
  }

  /** A row may go once what is in it is in the queue, or will never be. */
  private checkLeftJournal(realm: Realm, witness: Witness): void {
    if (witness.journaled > 0 || !this.isKept(witness)) return
    this.breach('lost', `${realm.name} took ${witness.uuid} out of the journal, and no queue has it`)
  }

  private move(moved: Map<string, number>, json: string, by: number): void {
    const uuid = uuidOf(json)
    moved.set(uuid, (moved.get(uuid) ?? 0) + by)
    this.stored += by
    this.storedSize += by * json.length
  }

  /** The handovers of this transaction, each in the forms in which it was posted or journaled. */
  private newlyCommitted(producer: string, old: ProducerRecord | undefined, now: ProducerRecord): Known[][] {
    const found: Known[][] = []
    const had = old?.committed ?? []
    for (const [from, to] of now.committed) {
      for (let seq = from; seq <= to; seq++) {
        if (had.some(([first, last]) => first <= seq && seq <= last)) continue
        const known = this.handovers.get(`${producer} ${seq}`)
        if (!known) this.breach('handover', `${producer} ${seq} was committed and never handed over`)
        found.push(known ?? [])
      }
    }
    return found
  }

  private enter(witness: Witness, record: QueueRecord): void {
    const { sim } = this
    if (witness.onDisk) this.breach('once', `${witness.uuid} is on disk twice`)
    const aged = Math.abs(sim.time.wall() - (witness.committedAt ?? 0)) > record.config.settings.maxEventAge
    if (witness.settled && !aged) this.breach('once', `${witness.uuid} came back after it had been settled`)
    witness.onDisk = true
    witness.committedAt ??= sim.time.wall()
    const { droppedHere } = witness
    if (droppedHere !== undefined && !MAY_BE_ON_THEIR_WAY.has(droppedHere)) {
      this.breach('dropped', `${witness.uuid} was dropped as ${droppedHere} and is queued`)
    }
  }

  private checkAccount(
    before: QueueRecord,
    after: QueueRecord,
    added: Witness[],
    removed: Witness[],
    handovers: Known[][] | undefined,
  ): void {
    this.balanced(after, 'the queue')
    if (after.pending !== this.stored) {
      this.breach('accounting', `${after.pending} events are pending, ${this.stored} are on disk`)
    }
    if (after.size !== this.storedSize) {
      this.breach('accounting', `a size of ${after.size}, ${this.storedSize} are on disk`)
    }
    const accepted = after.accepted - before.accepted
    const delivered = after.delivered - before.delivered
    const reasons: Dropped = {}
    for (const reason of Object.keys(after.dropped) as DropReason[]) {
      const more = (after.dropped[reason] ?? 0) - (before.dropped[reason] ?? 0)
      if (more < 0) this.breach('accounting', `fewer events dropped as ${reason} than before`)
      if (more > 0) reasons[reason] = more
    }
    this.counts.delivered += delivered
    this.counts.dropped += totalDropped(reasons)
    if (handovers) {
      // Whoever asks to be forgotten has what was there before dropped, and what comes in refused.
      const mayRefuse = this.refusals > 0
      const isIt = ({ uuids, dropped }: Known) => {
        const dueToRefusal = (reasons.opted_out ?? 0) - (dropped.opted_out ?? 0) - removed.length
        const isExplained = mayRefuse ? dueToRefusal >= 0 : dueToRefusal === 0
        const all = new Set(uuids)
        return (
          uuids.length + totalDropped(dropped) === accepted && isExplained && added.every(({ uuid }) => all.has(uuid))
        )
      }
      const posted = formsThat(isIt, handovers)
      if (!posted) return this.breach('accounting', `${accepted} accepted of handovers of other events`)
      for (const [index, form] of posted.entries()) this.checkGivenUp(form, handovers[index] as Known[])
      return this.checkAppend({ after, delivered, reasons, added, removed, handover: together(posted) })
    }
    if (accepted !== 0) this.breach('accounting', `${accepted} events were accepted without a handover`)
    if (added.length > 0) this.breach('once', `${added.length} events were added without a handover`)
    if (delivered + totalDropped(reasons) !== removed.length) {
      this.breach('accounting', `${removed.length} events went, ${delivered} delivered and ${JSON.stringify(reasons)}`)
    }
    let taken = 0
    for (const witness of removed) {
      const isTaken = witness.beaconed || witness.taken > 0
      if (isTaken) taken += 1
      const known = Object.keys(reasons) as DropReason[]
      if (!isTaken && !known.some((reason) => this.justified(witness, reason))) {
        this.breach(
          'lost',
          `${witness.uuid} left the disk (${JSON.stringify({ delivered, ...reasons })}), and nobody has it`,
        )
      }
    }
    if (delivered > taken) this.breach('lost', `${delivered} are said to be delivered, the endpoint took ${taken}`)
    for (const reason of Object.keys(reasons) as DropReason[]) {
      const possible = removed.filter((witness) => this.justified(witness, reason)).length
      if (possible < (reasons[reason] ?? 0))
        this.breach('reason', `${reasons[reason]} dropped as ${reason}, ${possible} may be`)
    }
  }

  /**
   * A page that asks to be forgotten empties what it adopted too, which another page captured and may still hold: the
   * form that is committed first counts, and it counts what is not in it any more.
   */
  private checkGivenUp({ uuids, dropped }: Known, forms: Known[]): void {
    const kept = new Set(uuids)
    const givenUp = new Set(forms.flatMap((form) => form.uuids).filter((uuid) => !kept.has(uuid)))
    if (givenUp.size > (dropped.opted_out ?? 0)) {
      this.breach('lost', `${givenUp.size} were taken out of a handover, ${dropped.opted_out ?? 0} are counted`)
    }
    for (const uuid of givenUp) this.mark(uuid, (witness) => (witness.droppedHere ??= 'opted_out'))
  }

  private checkAppend(step: {
    after: QueueRecord
    delivered: number
    reasons: Dropped
    added: Witness[]
    removed: Witness[]
    handover: Known
  }): void {
    const { after, delivered, reasons, added, removed, handover } = step
    const { maxQueueSize, maxQueueBytes } = after.config.settings
    const mayRefuse = this.refusals > 0
    if ((removed.length > 0 && !mayRefuse) || delivered > 0) this.breach('accounting', 'a handover took events out')
    let refused = 0
    for (const reason of Object.keys(reasons) as DropReason[]) {
      const purged = reason === 'opted_out' ? removed.length : 0
      const more = (reasons[reason] ?? 0) - (handover.dropped[reason] ?? 0) - purged
      const isBound = reason === 'queue_full' || reason === 'too_large'
      if (more > 0 && !isBound && !(reason === 'opted_out' && mayRefuse)) {
        this.breach('reason', `a handover was refused as ${reason}`)
      }
      refused += more
    }
    if (refused !== handover.uuids.length - added.length) {
      this.breach('accounting', `${refused} counted as refused, ${handover.uuids.length - added.length} were`)
    }
    const taken = new Set(added.map(({ uuid }) => uuid))
    const isRefusal =
      refused > 0 && refused === (reasons.opted_out ?? 0) - (handover.dropped.opted_out ?? 0) - removed.length
    for (const uuid of handover.uuids) {
      if (taken.has(uuid)) continue
      this.mark(uuid, (witness) => {
        if (isRefusal) this.checkAgreement([witness])
        witness.refused = true
      })
    }
    if (added.length === 0) return
    if (after.pending - after.inRequest > maxQueueSize) {
      this.breach('bounds', `${after.pending - after.inRequest} events wait, maxQueueSize is ${maxQueueSize}`)
    }
    if (after.size > maxQueueBytes) this.breach('bounds', `${after.size} wait, maxQueueBytes is ${maxQueueBytes}`)
  }

  private justified(witness: Witness, reason: DropReason): boolean {
    const { maxEventAge, maxRetries, maxEventBytes } = this.settings
    switch (reason) {
      case 'rejected':
        return witness.rejected
      case 'too_large':
        return witness.tooLargeAlone || [...witness.wire.values()].some(({ length }) => length > maxEventBytes)
      case 'expired':
        return this.sim.time.wall() - (witness.committedAt ?? 0) > maxEventAge
      case 'attempts_exhausted':
        return witness.requests > maxRetries
      case 'before_send':
        return witness.name.includes(UNWANTED)
      case 'opted_out':
        return this.refusals > 0
      default:
        return false
    }
  }

  balanced(counts: { accepted: number; delivered: number; pending: number; dropped: Dropped }, of: string): void {
    const { accepted, delivered, pending, dropped } = counts
    if (accepted !== delivered + totalDropped(dropped) + pending || pending < 0) {
      this.breach('accounting', `${of}: ${JSON.stringify({ accepted, delivered, pending, dropped })}`)
    }
  }

  private checkBatch(realm: Realm, old: BatchRecord | undefined, now: BatchRecord | undefined): void {
    if (!now) return
    const { settings } = this
    const { lease } = now
    const isNew = lease && (old?.lease?.sender !== lease.sender || old.lease.at !== lease.at)
    if (isNew && now.attempt !== (old?.attempt ?? 0) + 1) {
      this.breach('attempts', `a batch was leased for attempt ${now.attempt} after ${old?.attempt ?? 0}`)
    }
    if (!now.lease && old && now.attempt !== old.attempt) {
      this.breach('attempts', `attempt ${old.attempt} became ${now.attempt} without a lease`)
    }
    const aheadMs = now.notBefore - this.sim.time.wall() - this.sim.time.setBackLately()
    if (now.notBefore !== old?.notBefore && aheadMs > longestPause(settings)) {
      this.breach('backoff', `${realm.name} puts a batch off for ${aheadMs} ms`)
    }
    const holder = old?.lease?.sender
    const failed = old !== undefined && now.failures > old.failures
    if (failed && !now.lease && !gave(realm, holder)) {
      this.breach('lease', `${realm.name} puts a batch off that ${holder ?? 'nobody'} holds`)
    }
    if (old && old.requestId !== now.requestId) this.breach('attempts', 'a batch changed its request id')
    if (now.count > Math.max(1, settings.maxBatchSize)) this.breach('bounds', `a batch of ${now.count} events`)
  }

  /** A request is made, which may never leave: to its sender that is an attempt too. */
  begun({ uuids }: Exchange): void {
    for (const uuid of uuids) this.mark(uuid, (witness) => (witness.requests += 1))
  }

  /** A request is on the wire. */
  sent(exchange: Exchange): void {
    const { realm, events, uuids, format } = exchange
    const { maxBatchSize, maxBatchBytes, maxConcurrentRequests } = this.settings
    if (events.length === 0) this.breach('wire', 'a request without events')
    if (new Set(uuids).size < uuids.length) this.breach('wire', 'a request has a uuid twice')
    if (events.length > maxBatchSize) this.breach('bounds', `${events.length} events in a request`)
    const size = events.reduce((sum, { length }) => sum + length, 0)
    if (events.length > 1 && size > maxBatchBytes) this.breach('bounds', `${size} bytes of events in a request`)
    const open = this.sim.openRequests(realm)
    if (open > maxConcurrentRequests) this.breach('bounds', `${realm.name} has ${open} requests in flight`)
    for (const [index, json] of events.entries()) {
      this.mark(uuids[index] as string, (witness) => {
        this.checkWire(witness, json, format)
        this.checkWelcome(witness)
        this.checkRepeat(witness, exchange)
        witness.exchanges = witness.exchanges.filter(({ state, taken }) => state === 'open' || taken.has(witness.uuid))
        witness.exchanges.push(exchange)
      })
    }
    if (format === 'v1') this.checkAttempt(exchange)
  }

  private checkWire(witness: Witness, json: string, format: string): void {
    const first = witness.wire.get(format)
    if (first === undefined) {
      witness.wire.set(format, json)
      const { timestamp, event } = JSON.parse(json) as { timestamp: string; event: string }
      if (timestamp !== witness.timestamp) {
        this.breach('identity', `${witness.uuid} of ${witness.timestamp} went out as of ${timestamp}`)
      }
      if (event !== witness.name) this.breach('identity', `"${witness.name}" went out as "${event}"`)
      // A worker's hook makes the text anew, where its members may stand in another order.
    } else if (first !== json && !isDeepStrictEqual(JSON.parse(first), JSON.parse(json))) {
      this.breach('identity', `${witness.uuid} changed between sends:\n${first}\n${json}`)
    }
  }

  /** P10: whichever place knows of a refusal, it holds. */
  private checkWelcome({ uuid, refusedSince, page }: Witness): void {
    if (refusedSince === undefined || !this.sim.refusal.couldRead(page, refusedSince)) return
    this.breach('consent', `${uuid} of ${page.name} was sent, and the person had refused before`)
  }

  /** Sent again: only where its sender could not know that it had got through. */
  private checkRepeat(witness: Witness, { realm }: Exchange): void {
    const { sim } = this
    for (const earlier of witness.exchanges) {
      const sender = earlier.realm
      const forgiven = witness.inMemory || sender.disturbedSince(earlier.startedAt) || sim.leasesUnsure()
      if (earlier.state === 'open' && !forgiven) {
        this.breach('lease', `${realm.name} sends ${witness.uuid} while ${sender.name} has it in a request`)
      }
      if (earlier.state === 'answered' && earlier.taken.has(witness.uuid) && !forgiven) {
        this.breach('duplicate', `${realm.name} sends ${witness.uuid} again, which ${sender.name} had delivered`)
      }
    }
    // Where leases are unsure, it may be settled while another sender, or the same one again, is about to send it.
    const isPurgedElsewhere = witness.purgedBy !== undefined && witness.purgedBy !== realm
    if (witness.settled && !witness.inMemory && !isPurgedElsewhere && !sim.leasesUnsure()) {
      this.breach('duplicate', `${realm.name} sends ${witness.uuid} after it was settled`)
    }
    if (witness.committedAt === undefined && !witness.inMemory) {
      this.breach('acknowledged', `${witness.uuid} is sent and was never committed`)
    }
  }

  private checkAttempt({ headers, uuids, realm }: Exchange): void {
    const requestId = headers['PostHog-Request-Id'] ?? ''
    const attempt = Number(headers['PostHog-Attempt'])
    const last = this.attempts.get(requestId)
    if (!Number.isSafeInteger(attempt) || attempt < 1) this.breach('attempts', `attempt ${attempt} on the wire`)
    if (last && attempt <= last.attempt) {
      // One that was ousted comes late with what it had.
      if (this.sim.leasesUnsure()) return
      this.breach('attempts', `${realm.name} sends attempt ${attempt} after ${last.attempt}`)
    }
    if (last && uuids.some((uuid) => !last.uuids.has(uuid))) this.breach('attempts', 'a retry has events of its own')
    this.attempts.set(requestId, { attempt, uuids: new Set(uuids) })
  }

  took(uuid: string): void {
    this.mark(uuid, (witness) => (witness.taken += 1))
  }

  answered({ uuids, format }: Exchange, answer: Answer): void {
    for (const [index, uuid] of uuids.entries()) {
      this.mark(uuid, (witness) => {
        if (answer.kind === 'status') {
          if (answer.status === 413) witness.tooLargeAlone ||= uuids.length === 1
          else if (!PASSING.has(answer.status)) witness.rejected = true
        } else if (answer.kind === 'body') {
          witness.rejected ||= format === 'v1'
        } else if (answer.kind === 'ok') {
          witness.rejected ||= verdictAt({ format } as Exchange, answer.verdicts, index) === 'drop'
        }
      })
    }
  }

  beaconed({ events, uuids, format }: Exchange): void {
    for (const [index, uuid] of uuids.entries()) {
      this.mark(uuid, (witness) => {
        // An event of v1 is made over for v0, the only protocol of a beacon.
        if (!witness.wire.has('v1')) this.checkWire(witness, events[index] as string, `beacon ${format}`)
        // A page without its late code hears of a choice by localStorage alone, and no page can read the disk as it goes.
        if (!this.sim.refusal.isUnheard) this.checkWelcome(witness)
        witness.beaconed = true
      })
    }
  }
}

const gave = (realm: Realm, sender: string | undefined) =>
  sender !== undefined && realm.gave(sender.slice(sender.indexOf(':') + 1))

const together = (forms: Known[]): Known => {
  const dropped: Dropped = {}
  for (const form of forms) addDropped(dropped, form.dropped)
  return { uuids: forms.flatMap(({ uuids }) => uuids), dropped }
}

/** One form of each handover, so that all of them together are it: what was asked to be forgotten has several. */
function formsThat(isIt: (all: Known) => boolean, handovers: Known[][], chosen: Known[] = []): Known[] | undefined {
  const [forms, ...others] = handovers
  if (!forms) return isIt(together(chosen)) ? chosen : undefined
  for (const form of forms) {
    const found = formsThat(isIt, others, [...chosen, form])
    if (found) return found
  }
  return undefined
}

const eventsOf = (value: unknown) => ((value as { events?: string[] } | undefined)?.events ?? []) as string[]

function emptied(record: QueueRecord): QueueRecord {
  return { ...record, accepted: 0, delivered: 0, dropped: {}, pending: 0 }
}
