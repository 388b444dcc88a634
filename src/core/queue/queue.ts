/** A queue in a database: each step one transaction, so that whatever dies between two of them loses nothing. */

import { type Stats, totalDropped } from '../base/accounting'
import { isCount } from '../base/is-count'
import type { Database, Key, Millis, NewId, Transaction } from '../base/ports'
import type { DropReason } from '../base/reports'
import type { QueueConfig } from '../config/queue-config'
import { type Appended, append } from './append'
import { type Claim, type Claimant, type ClaimedBatch, claim, type Wanted } from './claim'
import { erase } from './erase'
import type { Handover } from './handover'
import { clearJournal, type TakenUp, takeUp } from './journal'
import { parseQueue, type QueueRecord } from './records'
import { openRows, putBatch, readRules, save, scheduled, unschedule } from './rows'
import { type Settled, settle } from './settle'
import type { DropGroup, Settlement } from './settlement'

/** Where a flush begins: what is pending at that moment. */
export interface Mark {
  pending: number
  /** Chunks with a lower id, and batches whose first chunk has one, were there. */
  before: number
  /** Held ones first. Those in a request count too: their sender may have died. */
  batches: number[]
}

export interface Queue {
  readonly key: string
  /** Creates the queue or changes its config. */
  configure(config: QueueConfig, hooked?: boolean): Promise<void>
  /** Takes in what pages wrote down themselves. */
  takeUp(now: Millis): Promise<TakenUp | undefined>
  /** Removes from the journal what has been taken in. */
  clearJournal(taken: Key[]): Promise<void>
  append(config: QueueConfig | undefined, handover: Handover, now: Millis): Promise<Appended>
  claim(claimant: Claimant, wanted: Wanted, now: Millis): Promise<Claim>
  settle(sent: ClaimedBatch, settlement: Settlement, now: Millis, newId: NewId): Promise<Settled>
  /** The network is back: what failed to reach the endpoint is due now. */
  lift(now: Millis): Promise<void>
  mark(): Promise<Mark>
  stats(): Promise<Stats>
  config(): Promise<QueueConfig | undefined>
  /** Drops everything pending; with `before`, unless what was there at that moment has been erased since. */
  discard(reason: DropReason, before?: Millis): Promise<DropGroup[]>
}

/** Held batches that `lift` looks at, soonest first. The rest become due within the longest backoff anyway. */
const LIFT_AT_MOST = 64

export function createQueue(db: Database, key: string): Queue {
  const write = <T>(work: (tx: Transaction) => Promise<T>) => db.transact('readwrite', work)
  const drain = <T>(work: (tx: Transaction) => Promise<T>) => db.transact('drain', work)
  const read = <T>(work: (record: QueueRecord | undefined, tx: Transaction) => Promise<T> | T) =>
    db.transact('readonly', async (tx) => work(parseQueue(await tx.get('queues', [key])), tx))
  return {
    key,
    configure: (config, hooked) => drain((tx) => configure(tx, key, config, hooked)),
    takeUp: (now) => takeUp(db, key, now),
    clearJournal: (taken) => clearJournal(db, taken),
    append: (config, handover, now) => write((tx) => append(tx, key, config, handover, now)),
    claim: (claimant, wanted, now) => drain((tx) => claim(tx, key, claimant, wanted, now)),
    settle: (sent, settlement, now, newId) => drain((tx) => settle(tx, key, sent, settlement, now, newId)),
    lift: (now) => drain((tx) => lift(tx, key, now)),
    mark: () =>
      read(async (record, tx) => {
        if (!record) return { pending: 0, before: 0, batches: [] }
        const rows = await tx.list('schedule', [key])
        return {
          pending: record.pending,
          before: record.nextId,
          batches: rows.map((row) => row.key[3]).filter(isCount),
        }
      }),
    stats: () => read((record) => (record ? statsOf(record) : { accepted: 0, delivered: 0, pending: 0, dropped: {} })),
    config: () => read((record) => record?.config),
    discard: (reason, before) => drain((tx) => discard(tx, key, reason, before)),
  }
}

/** The queues that a database holds, for a worker that starts with no page to tell it. */
export function listQueues(db: Database): Promise<string[]> {
  return db.transact('readonly', async (tx) => (await tx.list('queues', [])).map(({ key }) => String(key[0])))
}

/** `accepted` is kept as the sum of the rest, which a damaged record could otherwise contradict. */
export function statsOf({ delivered, dropped, pending }: QueueRecord): Stats {
  return { accepted: delivered + totalDropped(dropped) + pending, delivered, pending, dropped }
}

async function lift(tx: Transaction, queue: string, now: Millis): Promise<void> {
  const rows = await openRows(tx, queue)
  if (!rows || rows.record.pending === 0) return
  rows.record.pausedUntil = 0
  rows.record.freshAt = 0
  for (const held of await scheduled(rows, 'held', LIFT_AT_MOST)) {
    if (!held.batch.unreachable || held.batch.notBefore <= now) continue
    unschedule(rows, held)
    putBatch(rows, held.id, { ...held.batch, notBefore: now })
  }
  save(rows)
}

async function discard(
  tx: Transaction,
  queue: string,
  reason: DropReason,
  before: Millis | undefined,
): Promise<DropGroup[]> {
  const [rows, rules] = await Promise.all([openRows(tx, queue), readRules(tx, queue)])
  const done = before !== undefined && rules.erase >= before && !rules.eraseOwed
  if (!rows || done) return []
  await erase(rows, reason)
  const erased = Math.max(rules.erase, before ?? 0)
  if (before !== undefined) tx.put('rules', [queue], { ...rules, erase: erased, eraseOwed: false })
  save(rows)
  return rows.drops
}

/** Creates the queue or changes its config. `hooked`: whether its worker has hooks; only a worker can tell. */
async function configure(
  tx: Transaction,
  queue: string,
  config: QueueConfig,
  hooked: boolean | undefined,
): Promise<void> {
  const [rows, rules] = await Promise.all([openRows(tx, queue, config), readRules(tx, queue)])
  if (!rows) return
  save(rows)
  if (hooked !== undefined && hooked !== rules.hooked) tx.put('rules', [queue], { ...rules, hooked })
}
