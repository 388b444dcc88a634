/**
 * The loop around the pure decisions: claims what is due, sends it, settles the answer. It keeps no state that matters:
 * whatever dies between two awaits finds everything in the queue again.
 */

import type { Stats } from '../base/accounting'
import {
  type Clock,
  type Compressor,
  type Locks,
  type Millis,
  type NewId,
  type Random,
  type Reporter,
  type Sender,
  StorageError,
} from '../base/ports'
import type { DropReason } from '../base/reports'
import { show } from '../base/values'
import type { QueueConfig } from '../config/queue-config'
import type { BeforeSend } from '../event/before-send'
import { uuidOf } from '../event/event-json'
import { compressed } from '../protocol/compress'
import type { BatchToSend } from '../protocol/wire'
import { interpret, wireFor } from '../protocol/wires'
import type { Appended } from '../queue/append'
import type { Claim, Claimant, ClaimedBatch, Wanted } from '../queue/claim'
import type { Handover } from '../queue/handover'
import { CHECK_LEASES_MS, isWorker } from '../queue/leases'
import type { Queue } from '../queue/queue'
import { countOf, type DropGroup, settlementOf } from '../queue/settlement'
import { type Flushed, type FlushOptions, flush, type SettledListener } from './flush'

export interface TransportPorts {
  clock: Clock
  random: Random
  newId: NewId
  sender: Sender
  compress: Compressor
  locks: Locks
  report: Reporter
  /** Applied to every queued event before it is first sent. */
  hooks: readonly BeforeSend[]
  /** Names this sender to others that share the queue: `worker:<id>` or `page:<id>`. Never used twice. */
  senderId: string
}

/** How a transport stands when everything that was due has been started. */
export interface Rest {
  pending: number
  /** When to call `wake` again at the latest. Absent when nothing pending waits for a time. */
  nextWakeAt?: Millis
  /** Requests in flight. */
  busy: number
  /** What kept the queue from being worked on. */
  trouble?: string
}

/** Why a transport is woken: what is due, all that is new whatever its interval, or a network that came back. */
export type WakeReason = 'due' | 'urgent' | 'online'

export interface Transport {
  readonly key: string
  /** Whether no request is in flight: nothing is lost then with this object. */
  readonly idle: boolean
  configure(config: QueueConfig): Promise<void>
  /** Resolves once the handover is committed. Rejects with a `StorageError` when nothing of it is. */
  append(config: QueueConfig | undefined, handover: Handover): Promise<Appended>
  /** Starts everything that is due. Harmless when nothing is. */
  wake(reason?: WakeReason): Promise<Rest>
  /** Resolves at the next thing that could make another `wake` worthwhile. */
  changed(): Promise<void>
  /** One attempt for all that is pending now; always resolves. With `timeoutMs`, no later than that. */
  flush(options?: FlushOptions): Promise<Flushed>
  stats(): Promise<Stats>
  /** Takes in what pages wrote down themselves. */
  takeUp(): Promise<void>
  /** Drops everything pending; with `before`, unless what was there at that moment has been erased since. Returns how many. */
  discard(reason: DropReason, before?: Millis): Promise<number>
  /** Ends the requests in flight and starts none until `resume`. Their batches are anybody's. */
  pause(): Promise<void>
  resume(): void
}

interface Flight {
  /** Its id, which two flights share where another sender took the batch over, failed, and this one has it again. */
  batch: number
  done: Promise<void>
  aborted: boolean
  abort(): void
}

/** Requests in a row that may fail before the rest is left for later. */
const FAILED_ENOUGH = 3

/** A body of 1 MiB takes a compressor well under a second; one that takes longer than so many ms is not waited for. */
const COMPRESS_MS = 5_000

/** When storage fails, the next try comes after this many ms. */
const STORAGE_PAUSE_MS = 5_000

/** When it fails to take an answer, after so many: twice as many each time, 6 s in all. */
const SETTLE_PAUSE_MS = 50
const LONGEST_SETTLE_PAUSE_MS = 3_200

export function createTransport(queue: Queue, ports: TransportPorts): Transport {
  const { clock, random, newId, sender, compress, locks, report, hooks } = ports
  const flights = new Set<Flight>()
  const listeners = new Set<SettledListener>()
  let unreachableInARow = 0
  let failedInARow = 0
  let trouble: string | undefined
  let paused = false
  let pending = 0
  let config: QueueConfig | undefined
  let release: (() => void) | undefined
  let notify: () => void = () => undefined
  let change = new Promise<void>((resolve) => (notify = resolve))
  let turn: Promise<unknown> = Promise.resolve()
  let claiming = false
  let leasesSeenAt = Number.NEGATIVE_INFINITY
  let maxEvents = Number.POSITIVE_INFINITY

  function somethingChanged(): void {
    const tell = notify
    change = new Promise<void>((resolve) => (notify = resolve))
    tell()
  }

  /** One claim at a time. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  /** None while as many requests are in flight as may be, nor once nobody wants it any more. */
  async function claimOne(wanted: Wanted, unwanted = () => false): Promise<Claim> {
    config ??= await queue.config()
    while (flights.size >= (config?.settings.maxConcurrentRequests ?? 1)) await anyDone()
    if (paused || unwanted()) return { pending, drops: [] }
    claiming = true
    try {
      release ??= await locks.acquire(lockName(ports.senderId))
      return await claimHolding(wanted)
    } finally {
      claiming = false
      letGoWhenIdle()
    }
  }

  /** While this sender has requests in flight, who else lives is asked now and then, and not for each claim. */
  async function claimHolding(wanted: Wanted): Promise<Claim> {
    const askedAt = clock.now()
    if (wanted.kind === 'due' && flights.size > 0 && Math.abs(askedAt - leasesSeenAt) < CHECK_LEASES_MS) {
      const claim = await claimAndStart(wanted)
      if (claim.claimed || claim.pending === 0) return claim
      const again = leasesSeenAt + CHECK_LEASES_MS
      return { ...claim, nextAt: Math.min(claim.nextAt ?? again, again) }
    }
    const live = senders(await locks.held())
    const claim = await claimAndStart(wanted, { mine: batchesInFlight(), live, askedAt })
    leasesSeenAt = askedAt
    return claim
  }

  async function claimAndStart(wanted: Wanted, known?: Claimant['senders']): Promise<Claim> {
    const claimant: Claimant = { sender: ports.senderId, newId, hooks, ...(known ? { senders: known } : {}) }
    const claim = await claimWhatFits(claimant, wanted)
    pending = claim.pending
    reportDrops(claim.drops)
    // A record that was damaged has been put right by now.
    config ??= await queue.config()
    if (claim.claimed) start(claim.claimed)
    return claim
  }

  /** A batch is written before its chunks are gone. On a full disk a smaller one may fit, and makes room for more. */
  async function claimWhatFits(claimant: Claimant, wanted: Wanted): Promise<Claim> {
    for (;;) {
      try {
        const claim = await queue.claim({ ...claimant, maxEvents }, wanted, clock.now())
        maxEvents *= 2
        return claim
      } catch (error) {
        const isFull = error instanceof StorageError && error.reason === 'full'
        if (!isFull || maxEvents <= 1) throw error
        maxEvents = Math.floor(Math.min(maxEvents, config?.settings.maxBatchSize ?? 1) / 2) || 1
      }
    }
  }

  const anyDone = () => Promise.race([...flights].map(({ done }) => done))

  const batchesInFlight = () => new Set([...flights].map(({ batch }) => batch))

  function letGoWhenIdle(): void {
    if (claiming || flights.size > 0) return
    release?.()
    release = undefined
  }

  function start(claimed: ClaimedBatch): void {
    const flight: Flight = { batch: claimed.id, done: Promise.resolve(), aborted: paused, abort: () => undefined }
    flights.add(flight)
    flight.done = sendAndSettle(claimed, flight).finally(() => {
      flights.delete(flight)
      letGoWhenIdle()
      somethingChanged()
    })
  }

  async function sendAndSettle(claimed: ClaimedBatch, flight: Flight): Promise<void> {
    const { batch, events } = claimed
    const uuids = events.map(uuidOf)
    report({ type: 'sending', uuids, attempt: batch.attempt })
    const verdict = await send(claimed, flight)
    const settings = (config as QueueConfig).settings
    trouble = verdict.kind === 'retry' && 'trouble' in verdict ? verdict.trouble : undefined
    failedInARow = verdict.kind === 'retry' ? failedInARow + 1 : 0
    unreachableInARow = verdict.kind === 'retry' && !verdict.answered ? unreachableInARow + 1 : 0
    const settlement = settlementOf(verdict, batch, events, settings, clock.now(), random)
    const settled = await persist(() => queue.settle(claimed, settlement, clock.now(), newId))
    // Storage is gone for now: the batch stays leased, and the next claim finds that nobody is sending it.
    if (!settled) {
      leasesSeenAt = Number.NEGATIVE_INFINITY
      return
    }
    if (settled.delivered.length > 0) report({ type: 'delivered', uuids: settled.delivered.map(uuidOf) })
    reportDrops(settled.drops)
    if (settled.kept.length > 0) {
      const cause = verdict.kind === 'retry' ? verdict.cause : verdict.kind === 'too_large' ? 'status 413' : 'partial'
      const { nextAttemptAt, kept } = settled
      report({ type: 'retry', uuids: kept.map(uuidOf), attempt: batch.attempt, nextAttemptAt, cause })
    }
    const dropped = countOf(settled.drops)
    for (const listener of listeners) listener(claimed, settled.delivered.length, dropped)
  }

  async function send({ batch, events }: ClaimedBatch, flight: Flight) {
    const wire = wireFor(batch.format)
    try {
      const current = config as QueueConfig
      const { skew, requestId, createdAt, attempt } = batch
      const whole = { events, historical: batch.lane === 'historical', skew, requestId, createdAt, attempt }
      const timeoutMs = current.settings.requestTimeout
      const inTime: Compressor = async (...what) => {
        const { done, cancel } = clock.timer(Math.min(timeoutMs, COMPRESS_MS))
        const bytes = await Promise.race([compress(...what), done]).finally(cancel)
        // Without bytes the text goes as it is: a compressor that hangs must not keep the place of a request.
        return bytes || undefined
      }
      const encoded = (some: BatchToSend) => {
        const plain = wire.encode(some, current, clock.now()) as Parameters<typeof compressed>[0]
        return compressed(plain, batch.format, current, inTime)
      }
      const ended = new Promise<undefined>((resolve) => {
        flight.abort = () => resolve(undefined)
      })
      const request = await Promise.race([encoded(whole), ended])
      if (flight.aborted || !request) return ABORTED
      // Under an id of its own, so that no server takes the batch itself for a repetition of it.
      const empty = () => encoded({ ...whole, events: [], requestId: newId(), attempt: 1 })
      const { outcome, abort } = sender.send(request, { timeoutMs, readBody: wire.readsBody, empty })
      flight.abort = abort
      const answer = await outcome
      return flight.aborted && answer.kind === 'unreachable' ? ABANDONED : interpret(wire, answer)
    } catch (error) {
      // Whatever a patched platform does to this request, its events stay in the queue.
      return { kind: 'retry', cause: show(error), answered: false, retryAfter: null } as const
    }
  }

  /**
   * A storage error that passes must not make a delivered batch go out again, and a full disk has room only once the
   * browser has cleaned up behind what was removed. A sender that is to end waits for no such thing.
   */
  async function persist<T>(step: () => Promise<T>): Promise<T | undefined> {
    for (let pauseMs = SETTLE_PAUSE_MS; ; pauseMs *= 2) {
      try {
        return await step()
      } catch {
        if (pauseMs > (paused ? 2 * SETTLE_PAUSE_MS : LONGEST_SETTLE_PAUSE_MS)) return undefined
        await clock.timer(pauseMs).done
      }
    }
  }

  function reportDrops(drops: DropGroup[]): void {
    for (const { events, uuids = events.map(uuidOf), count = uuids.length, reason, detail, status } of drops) {
      const base = {
        type: 'drop',
        uuids,
        count,
        reason,
        detail: detail === reason ? (DETAILS[reason] ?? detail) : detail,
      } as const
      report(status === undefined ? base : { ...base, status })
    }
  }

  async function startAll(wanted: Wanted): Promise<Claim> {
    for (;;) {
      const claim = await inTurn(() => claimOne(wanted))
      if (!claim.claimed) return claim
    }
  }

  /** Everything new, for a page that may not come back, unless there is nobody to take it. */
  async function startFresh(): Promise<void> {
    failedInARow = 0
    const hopeless = () => failedInARow >= FAILED_ENOUGH
    for (let more = true; more && !hopeless(); ) {
      const wanted = { kind: 'forced', before: Number.MAX_SAFE_INTEGER } as const
      const { claimed } = await inTurn(() => claimOne(wanted, hopeless))
      more = claimed !== undefined
    }
  }

  return {
    key: queue.key,
    get idle() {
      return flights.size === 0
    },
    async configure(next) {
      await queue.configure(next, clock.now(), isWorker(ports.senderId) ? hooks.length > 0 : undefined)
      config = next
    },
    async append(next, handover) {
      const appended = await queue.append(next, handover, clock.now())
      if (appended.kind === 'unknown_queue') return appended
      if (next) config = next
      if (appended.kind === 'committed') {
        pending = appended.pending
        reportDrops(appended.drops)
        if (appended.accepted.length > 0) report({ type: 'queued', uuids: appended.accepted })
        for (const { reason, uuids } of appended.refused) {
          report({ type: 'drop', uuids, count: uuids.length, reason, detail: DETAILS[reason] ?? reason })
        }
        somethingChanged()
      }
      return appended
    },
    async wake(reason = 'due') {
      try {
        if (reason === 'online') await queue.lift(clock.now())
        if (reason === 'urgent') await startFresh()
        const { nextAt } = await startAll({ kind: 'due' })
        const rest = { pending, busy: flights.size, ...(trouble === undefined ? {} : { trouble }) }
        return nextAt === undefined ? rest : { ...rest, nextWakeAt: nextAt }
      } catch (error) {
        const nextWakeAt = clock.now() + STORAGE_PAUSE_MS
        return { pending: Math.max(pending, 1), busy: flights.size, nextWakeAt, trouble: show(error) }
      }
    },
    changed: () => change,
    flush: (options = {}) =>
      flush(
        {
          clock,
          listeners,
          mark: () => queue.mark(),
          claim: (wanted, unwanted) => inTurn(() => claimOne(wanted, unwanted)),
          inFlight: (id) => batchesInFlight().has(id),
          landed: () => Promise.all([...flights].map(({ done }) => done)),
          startCounting() {
            unreachableInARow = 0
          },
          hopeless: () => unreachableInARow >= FAILED_ENOUGH,
        },
        options,
      ),
    stats: () => queue.stats(),
    async takeUp() {
      for (let more = true; more; ) {
        const taken = await queue.takeUp(clock.now())
        if (!taken) return
        pending = taken.pending
        if (taken.accepted.length > 0) report({ type: 'queued', uuids: taken.accepted })
        reportDrops(taken.drops)
        if (taken.accepted.length > 0) somethingChanged()
        await queue.clearJournal(taken.taken)
        more = taken.more
      }
    },
    async discard(reason, before) {
      const drops = await queue.discard(reason, clock.now(), before)
      reportDrops(drops)
      return countOf(drops)
    },
    async pause() {
      paused = true
      for (const flight of flights) {
        flight.aborted = true
        flight.abort()
      }
      release?.()
      release = undefined
      somethingChanged()
      // What a claim on its way takes is started, and ended, when its transaction is over.
      await turn
      await Promise.all([...flights].map(({ done }) => done))
    },
    resume() {
      paused = false
    },
  }
}

const ABORTED = { kind: 'retry', cause: 'aborted', answered: false, retryAfter: null } as const
/** It had left, and may have been taken. */
const ABANDONED = { ...ABORTED, abandoned: true } as const

const DETAILS: Partial<Record<DropReason, string>> = {
  queue_full: 'maxQueueSize or maxQueueBytes was reached',
  too_large: 'longer than maxEventBytes',
}

const LOCK_PREFIX = 'outlast:sender:'
const lockName = (senderId: string) => `${LOCK_PREFIX}${senderId}`

function senders(held: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  if (!held) return undefined
  return new Set([...held].filter((name) => name.startsWith(LOCK_PREFIX)).map((name) => name.slice(LOCK_PREFIX.length)))
}
