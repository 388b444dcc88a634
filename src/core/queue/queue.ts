/** A queue in a database. Each step is one transaction, so that a context that dies between two steps loses nothing. */

import { type Stats, totalDropped } from '../base/accounting'
import { isCount } from '../base/is-count'
import type { Database, Key, Millis, NewId, Transaction, TransactMode } from '../base/ports'
import type { DropReason } from '../base/reports'
import type { QueueConfig } from '../config/queue-config'
import type { Appended } from './append'
import { putBatch, scheduled, unschedule, WAITING } from './batches'
import { type Claim, type Claimant, type ClaimedBatch, claim, type Wanted } from './claim'
import { dropCapturedBefore } from './erase'
import { createGroupAppend } from './group-append'
import type { Handover } from './handover'
import { clearJournal, type TakenUp, takeUp } from './journal'
import { type Step, save } from './open-queue'
import { openQueue, readRules } from './opening'
import { parseQueue, type QueueRecord } from './records'
import { type Settled, settle } from './settle'
import type { DropGroup, Settlement } from './settlement'

/** What is pending when a flush begins. */
export interface Snapshot {
  pending: number
  /** All chunks that were there have lower ids; so have the chunks that the batches begin with (`from`). */
  before: number
  /**
   * The ids of batches that were there, waiting ones first. Batches in a request are among them: their sender may have
   * died.
   */
  batches: number[]
}

/** The statement of a worker about its hooks. */
export interface HookStatement {
  /** Whether the worker has a `beforeSend`. */
  hooked: boolean
  scope: string
}

/** The steps on a queue. `now` is the time of the step, by the wall clock. */
export interface Queue {
  readonly key: string
  /**
   * Creates the queue or changes its config. `worker` is `undefined` in contexts that cannot know of a worker's hooks.
   */
  configure(config: QueueConfig, now: Millis, worker?: HookStatement): Promise<void>
  /** Takes up the queue's journal (`journal.ts`). */
  takeUp(now: Millis): Promise<TakenUp | undefined>
  /** Removes from the journal what has been taken up. */
  clearJournal(taken: Key[]): Promise<void>
  append(config: QueueConfig | undefined, handover: Handover, now: Millis): Promise<Appended>
  claim(claimant: Claimant, wanted: Wanted, now: Millis): Promise<Claim>
  settle(sent: ClaimedBatch, settlement: Settlement, now: Millis, newId: NewId): Promise<Settled>
  /** The network is back: ends the queue's pauses, and those of batches whose last request reached no endpoint. */
  resetBackoff(now: Millis): Promise<void>
  /** What is pending now: what a flush that begins now attempts. */
  snapshot(): Promise<Snapshot>
  stats(): Promise<Stats>
  config(): Promise<QueueConfig | undefined>
  /**
   * Drops all pending events, or with `before` those that were captured before that moment, unless an erasure as of
   * that moment, or a later one, is done already. A later one that is still owed is done with it.
   */
  dropAll(reason: DropReason, now: Millis, before?: Millis): Promise<DropGroup[]>
}

/**
 * The most waiting batches that `resetBackoff` makes due, soonest first. The others become due within the longest pause
 * anyway.
 */
const RESET_AT_MOST = 64

export function createQueue(db: Database, key: string): Queue {
  const inStep = <T>(mode: TransactMode, now: Millis, work: (step: Step) => Promise<T>) =>
    db.transact(mode, (tx) => work({ tx, key, now }))
  /** Gives `undefined` if there is no queue, or if its record is damaged. */
  const read = <T>(view: (record: QueueRecord, tx: Transaction) => T) =>
    db.transact('readonly', async (tx) => {
      const record = parseQueue(await tx.get('queues', [key]))
      return record && view(record, tx)
    })
  const appendInGroup = createGroupAppend(db, key)
  return {
    key,
    configure: (config, now, worker) => inStep('drain', now, (step) => configure(step, config, worker)),
    takeUp: (now) => takeUp(db, key, now),
    clearJournal: (taken) => clearJournal(db, taken),
    append: (config, handover, now) => appendInGroup({ config, handover, now }),
    claim: (claimant, wanted, now) => inStep('drain', now, (step) => claim(step, claimant, wanted)),
    settle: (sent, settlement, now, newId) => inStep('drain', now, (step) => settle(step, sent, settlement, newId)),
    resetBackoff: (now) => inStep('drain', now, resetBackoff),
    snapshot: async () =>
      (await read((record, tx) => snapshotOf(record, tx, key))) ?? { pending: 0, before: 0, batches: [] },
    stats: async () => (await read(statsOf)) ?? { accepted: 0, delivered: 0, pending: 0, dropped: {} },
    config: () => read(({ config }) => config),
    dropAll: (reason, now, before) => inStep('drain', now, (step) => dropAll(step, reason, before)),
  }
}

/** The names of all stored queues, for a worker that starts without a message from a page. */
export function listQueues(db: Database): Promise<string[]> {
  return db.transact('readonly', async (tx) => (await tx.list('queues', [])).map(({ key }) => String(key[0])))
}

/** `accepted` is not stored: it is the sum of the other counters, and so cannot contradict them. */
export function statsOf({ delivered, dropped, pending }: QueueRecord): Stats {
  return { accepted: delivered + totalDropped(dropped) + pending, delivered, pending, dropped }
}

async function snapshotOf({ pending, nextId }: QueueRecord, tx: Transaction, key: string): Promise<Snapshot> {
  const rows = await tx.list('schedule', [key])
  return { pending, before: nextId, batches: rows.map((row) => row.key[3]).filter(isCount) }
}

async function resetBackoff(step: Step): Promise<void> {
  const { now } = step
  const queue = await openQueue(step)
  if (!queue || queue.record.pending === 0) return
  queue.record.pausedUntil = 0
  queue.record.freshAt = 0
  queue.record.instantFailures = 0
  for (const { id, batch } of await scheduled(queue, WAITING, RESET_AT_MOST)) {
    if (!batch.unreachable || batch.notBefore <= now) continue
    unschedule(queue, { id, batch })
    putBatch(queue, id, { ...batch, notBefore: now })
  }
  save(queue)
}

async function dropAll(step: Step, reason: DropReason, before: Millis | undefined): Promise<DropGroup[]> {
  const [queue, rules] = await Promise.all([openQueue(step), readRules(step)])
  const done = before !== undefined && rules.erase >= before && !rules.eraseOwed
  if (!queue || done) return []
  // A host that begins may be asked for an earlier erasure than the one that the disk still owes: it does both.
  const erase = before && Math.max(rules.erase, before)
  await dropCapturedBefore(queue, reason, erase)
  if (erase) step.tx.put('rules', [step.key], { ...rules, erase, eraseOwed: false })
  save(queue)
  return queue.drops
}

async function configure(step: Step, config: QueueConfig, worker: HookStatement | undefined): Promise<void> {
  const [queue, rules] = await Promise.all([openQueue(step, config), readRules(step)])
  if (!queue) return
  save(queue)
  if (!worker) return
  const { hooked, scope } = worker
  const isNew = hooked !== rules.hooked || (hooked && rules.hookedBy !== scope)
  // A worker of another scope, of a page that was opened before the site had the hook, knows nothing of this hook.
  const isOfAnother = rules.hookedBy !== undefined && rules.hookedBy !== scope
  if (isNew && (hooked || !isOfAnother)) step.tx.put('rules', [step.key], { ...rules, hooked, hookedBy: scope })
}
