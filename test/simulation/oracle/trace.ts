/**
 * What really happened to each event, from captures, messages, commits and requests: the facts that the checks judge. The
 * trace judges nothing. A commit and a request come in two steps, so that a check sees what was known before them.
 */

import { type Dropped, totalDropped } from '../../../src/core/base/accounting'
import type { DropReason } from '../../../src/core/base/reports'
import { uuidOf } from '../../../src/core/event/event-json'
import type { HostMessage, PageMessage } from '../../../src/core/host/messages'
import type { Handover } from '../../../src/core/queue/handover'
import type { BatchRecord, ProducerRecord, QueueRecord } from '../../../src/core/queue/records'
import type { Answer } from '../answers'
import type { Change } from '../disk'
import type { Context, Exchange } from '../exchange'
import { Claims } from './claims'
import type { Attempt, Circumstances, Commit, Left, Outgoing, Sent, Words } from './facts'
import { type Form, givenUp, type HandedOver, Handovers, newlyCommitted, together } from './handovers'
import { isKept } from './kept'
import { isBadRequest, noteAnswer } from './note-answer'
import { queueChange } from './queue-change'
import { type Captured, type Erasure, newWitness, type Witness } from './witness'

export class Trace {
  readonly events = new Map<string, Witness>()
  /** Those in the queue. */
  readonly onDisk = new Set<Witness>()
  readonly counts = { captured: 0, acknowledged: 0, delivered: 0, dropped: 0 }
  /** What hosts told of drops, by reason. */
  readonly told: Dropped = {}
  /** Events in the journal. */
  journaled = 0
  /** Events in the queue. */
  pending = 0
  /** How often a person opted out. */
  refusals = 0
  record: QueueRecord | undefined
  /** A uuid that something happened to, and that was never captured. */
  stranger: string | undefined
  /** Events that were alone in a request that was answered with 400. */
  private refusedAlone = 0
  private places = 0
  /** Events that the queue has given up in a row after such an answer, and delivered none in between. */
  private givenUpAlone = 0
  private storedSize = 0
  private readonly handovers = new Handovers()
  private readonly claims = new Claims()
  private readonly posted = new Map<string, string>()
  private readonly attempts = new Map<string, Attempt>()

  constructor(private readonly circumstances: () => Circumstances) {}

  captured(event: Omit<Captured, 'capturedAt' | 'size' | 'timestamp'>, padding: number): Witness {
    const { elapsed, wall, choices } = this.circumstances()
    const captured = { ...event, capturedAt: elapsed, timestamp: new Date(wall).toISOString() }
    const witness = newWitness(captured, padding)
    this.events.set(event.uuid, witness)
    this.counts.captured += 1
    // Its page may hear of the choice, and give the event up.
    if (choices.mayGiveUp(event.page)) witness.droppedHere = 'opted_out'
    return witness
  }

  /** A page says something to a host: a durable one, unless it is in `memory`. */
  said(page: string, message: PageMessage, memory: boolean): HandedOver | undefined {
    if (message.type !== 'handover') return undefined
    const handedOver = this.handovers.note(message.handover)
    this.posted.set(`${page} ${message.id}`, handedOver.name)
    if (memory) for (const uuid of handedOver.uuids) this.mark(uuid, (witness) => (witness.inMemory = true))
    return handedOver
  }

  /** A page is told something, after which it may forget what is committed. Returns the events that it was told of. */
  heard(page: string, message: HostMessage, memory: boolean): Witness[] {
    if (message.type !== 'committed' || memory) return []
    const acknowledged: Witness[] = []
    const name = this.posted.get(`${page} ${message.id}`)
    const form = name === undefined ? undefined : this.handovers.formsOf(name)?.[0]
    for (const uuid of form?.uuids ?? []) {
      this.mark(uuid, (witness) => {
        if (witness.refused || witness.droppedHere !== undefined) return
        if (!witness.acknowledged) this.counts.acknowledged += 1
        witness.acknowledged = true
        acknowledged.push(witness)
      })
    }
    return acknowledged
  }

  /** A page gave up events of its own. */
  droppedByPage(reason: DropReason, uuids: string[]): void {
    for (const uuid of uuids) this.mark(uuid, (witness) => (witness.droppedHere = reason))
  }

  /** A person opts out. */
  refused(): void {
    this.refusals += 1
  }

  /** A person opts out with `clear`, as a page that holds these events learns. */
  erased(witnesses: Witness[]): void {
    this.refused()
    for (const witness of witnesses) if (witness.committedAt === undefined) witness.droppedHere ??= 'opted_out'
  }

  /**
   * All that has been captured so far is to be erased. Choices go by the device's clock: what was captured before it was set back
   * is later than the erasure by it.
   */
  toErase(erasure: Erasure): void {
    for (const witness of this.events.values()) {
      if (Date.parse(witness.timestamp) <= erasure.wall) witness.erasures.push(erasure)
    }
  }

  /** A host told every page of a drop: a durable one, unless it is in `memory`. */
  droppedByHost(reason: DropReason, uuids: string[], count: number, memory: boolean): void {
    if (!memory) this.told[reason] = (this.told[reason] ?? 0) + count
    for (const uuid of uuids) this.mark(uuid, (witness) => (witness.toldDropped = true))
  }

  /** A page said its last words. `backups` is what all pages have written to localStorage by then. */
  left(page: string, captured: Witness[], words: Words, backups: string): Left {
    const { refusals } = this
    const { choices } = this.circumstances()
    const isOnlyHere = ({ inMemory, journaled }: Witness) => !inMemory && journaled === 0
    const open = captured.filter((witness) => isOnlyHere(witness) && isKept(witness, { refusals, choices }))
    let size = backups.length
    for (const witness of open) {
      witness.writtenDown = backups.includes(witness.uuid)
      if (!witness.writtenDown) size += witness.size
    }
    return { page, open, size, words }
  }

  /** The browser was killed before it had written out all of localStorage. `backups` is what pages find there now. */
  leftInStorage(backups: string): void {
    for (const witness of this.events.values()) witness.writtenDown &&= backups.includes(witness.uuid)
  }

  /** A transaction is on disk. What it says of each event is noted by `commit`. */
  committing(by: Context, changes: Change[]): Commit {
    const moved = new Map<string, number>()
    const batches: Commit['batches'] = []
    const neverHandedOver: string[] = []
    const differing: string[] = []
    const leftJournal: Witness[] = []
    let forms: Form[][] | undefined
    let after = this.record
    for (const { table, key, before: old, after: now } of changes) {
      if (table === 'chunks' || table === 'bodies') {
        for (const json of eventsOf(old)) this.move(moved, json, -1)
        for (const json of eventsOf(now)) this.move(moved, json, 1)
      } else if (table === 'queues') {
        after = now as QueueRecord
      } else if (table === 'batches') {
        batches.push({ before: old as BatchRecord | undefined, after: now as BatchRecord | undefined })
      } else if (table === 'producers' && now !== undefined) {
        forms ??= []
        for (const name of newlyCommitted(String(key[1]), old as ProducerRecord | undefined, now as ProducerRecord)) {
          const known = this.handovers.formsOf(name)
          if (!known) neverHandedOver.push(name)
          forms.push(known ?? [])
        }
      } else if (table === 'journal') {
        if (now !== undefined) {
          const { name, differs } = this.handovers.note(now as Handover)
          if (differs) differing.push(name)
        }
        for (const json of eventsOf(old)) this.inJournal(json, -1, (witness) => leftJournal.push(witness))
        for (const json of eventsOf(now)) this.inJournal(json, 1)
      }
    }
    const now = this.circumstances()
    for (const uuid of this.claims.claimed(changes)) this.mark(uuid, (witness) => (witness.claimedAt = now.elapsed))
    const { record: before, events, pending: stored, storedSize, refusals } = this
    const isChanged = before !== after || moved.size > 0
    const onDisk = { stored, storedSize }
    const mayRefuse = refusals > 0
    return {
      ...now,
      by,
      refusals,
      batches,
      givenUpAlone: this.givenUpAlone,
      refusedAlone: this.refusedAlone,
      neverHandedOver,
      differing,
      strangers: [...moved.keys()].filter((uuid) => !events.has(uuid)),
      withoutQueue: !after && moved.size > 0,
      queue: after && isChanged ? queueChange({ before, after, moved, events, forms, mayRefuse, onDisk }) : undefined,
      leftJournal,
    }
  }

  /** Notes what a transaction did to each event. */
  commit({ by, wall, queue }: Commit): void {
    if (!queue) return
    const { after, added, removed, delivered, dropped, isErasure, handedOver } = queue
    this.record = after
    const gone = removed.length === 1 && dropped.rejected === 1 && removed[0]?.badRequest === true
    if (delivered > 0) this.givenUpAlone = 0
    else if (gone) this.givenUpAlone += 1
    this.counts.delivered += delivered
    this.counts.dropped += totalDropped(dropped)
    if (handedOver?.committed) this.noteForms(handedOver.forms, handedOver.committed, added)
    for (const witness of added) {
      witness.onDisk = true
      this.onDisk.add(witness)
      this.places += 1
      witness.place = this.places
      witness.committedAt ??= wall
    }
    for (const witness of removed) {
      witness.onDisk = false
      this.onDisk.delete(witness)
      witness.settled = true
      if (isErasure) witness.erasedBy = by
    }
  }

  private noteForms(forms: Form[][], committed: Form[], added: Witness[]): void {
    for (const [index, form] of committed.entries()) {
      for (const uuid of givenUp(form, forms[index] as Form[])) {
        this.mark(uuid, (witness) => (witness.droppedHere ??= 'opted_out'))
      }
    }
    const taken = new Set(added.map(({ uuid }) => uuid))
    for (const uuid of together(committed).uuids) {
      if (!taken.has(uuid)) this.mark(uuid, (witness) => (witness.refused = true))
    }
  }

  private move(moved: Map<string, number>, json: string, by: number): void {
    const uuid = uuidOf(json)
    moved.set(uuid, (moved.get(uuid) ?? 0) + by)
    this.pending += by
    this.storedSize += by * json.length
  }

  private inJournal(json: string, by: number, then: (witness: Witness) => void = () => undefined): void {
    this.journaled += by
    this.mark(uuidOf(json), (witness) => {
      witness.journaled += by
      then(witness)
    })
  }

  /** A request is made, which may never leave: to its sender that is an attempt too. */
  begun({ uuids }: Exchange): void {
    for (const uuid of uuids) this.mark(uuid, (witness) => (witness.requests += 1))
  }

  /** A request is on the wire. What it says of each event is noted by `send`. */
  sending(exchange: Exchange, open: Exchange[]): Sent {
    const { format, headers } = exchange
    const requestId = headers['PostHog-Request-Id'] ?? ''
    const attempt = {
      requestId,
      attempt: Number(headers['PostHog-Attempt']),
      last: this.attempts.get(requestId),
    }
    return {
      ...this.circumstances(),
      exchange,
      open: open.length,
      openAlike: open.filter((other) => this.isInMemory(other) === this.isInMemory(exchange)).length,
      onDisk: this.onDisk,
      events: this.outgoing(exchange, format),
      attempt: format === 'v1' ? attempt : undefined,
    }
  }

  /** Notes what was on the wire. */
  send({ exchange, events, attempt }: Sent): void {
    for (const { witness, json } of events) {
      noteWire(witness, exchange.format, json)
      witness.exchanges = witness.exchanges.filter(({ state, taken }) => state === 'open' || taken.has(witness.uuid))
      witness.exchanges.push(exchange)
    }
    // A request that was overtaken says nothing of the ones to come.
    if (!attempt || (attempt.last && attempt.attempt <= attempt.last.attempt)) return
    this.attempts.set(attempt.requestId, { attempt: attempt.attempt, uuids: new Set(exchange.uuids) })
  }

  took(uuid: string): void {
    this.mark(uuid, (witness) => (witness.taken += 1))
  }

  answered(exchange: Exchange, answer: Answer): void {
    const { uuids } = exchange
    if (isBadRequest(answer) && uuids.length === 1) this.refusedAlone += 1
    for (const [index, uuid] of uuids.entries()) {
      this.mark(uuid, (witness) => noteAnswer(witness, exchange, answer, index, this.refusedAlone))
    }
  }

  /** A beacon has left. An event of v1 is made over for v0, the only protocol of a beacon, and says nothing of its JSON. */
  beaconed(exchange: Exchange): Outgoing[] {
    const format = `beacon ${exchange.format}`
    const events = this.outgoing(exchange, format)
    for (const { witness, json } of events) {
      if (!witness.wire.has('v1')) noteWire(witness, format, json)
      witness.beaconed = true
    }
    return events
  }

  private outgoing({ events, uuids }: Exchange, format: string): Outgoing[] {
    const outgoing: Outgoing[] = []
    for (const [index, json] of events.entries()) {
      this.mark(uuids[index] as string, (witness) => outgoing.push({ witness, json, first: witness.wire.get(format) }))
    }
    return outgoing
  }

  private isInMemory({ uuids }: Exchange): boolean {
    return uuids.some((uuid) => this.events.get(uuid)?.inMemory)
  }

  private mark(uuid: string, change: (witness: Witness) => unknown): void {
    const witness = this.events.get(uuid)
    if (witness) change(witness)
    else this.stranger ??= uuid
  }
}

function noteWire({ wire }: Witness, format: string, json: string): void {
  if (!wire.has(format)) wire.set(format, json)
}

const eventsOf = (value: unknown) => ((value as { events?: string[] } | undefined)?.events ?? []) as string[]
