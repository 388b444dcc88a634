/** Finds the batch that may be sent next and leases it to a sender, in one transaction. */

import { FRESH_WAIT_MS, LEASE_MS } from '../base/limits'
import type { Millis, NewId, Transaction } from '../base/ports'
import type { BeforeSend } from '../event/before-send'
import type { EventJson } from '../event/event'
import { eraseIfOwed } from './erase'
import { formBatch } from './form-batch'
import type { Lane } from './handover'
import { laneDueAt, makeDue } from './lanes'
import type { BatchRecord } from './records'
import { abandonedPause, backoff } from './retry'
import {
  countDropped,
  dropPending,
  type Held,
  noteLost,
  openRows,
  putBatch,
  type Rows,
  readBatch,
  readBody,
  readRules,
  recount,
  removeBatch,
  save,
  scheduled,
  unschedule,
  waitsUntil,
} from './rows'
import type { DropGroup } from './settlement'

/** The sender that claims, and what it knows of other senders. */
export interface Claimant {
  sender: string
  /** The senders that are alive. Absent if leases were checked a moment ago: then this claim checks none. */
  senders?: {
    /** Batches that this sender has in a request now. */
    mine: ReadonlySet<number>
    /** Senders that were alive at `askedAt`, or `undefined` where there are no Web Locks to show them. */
    live: ReadonlySet<string> | undefined
    askedAt: Millis
  }
  newId: NewId
  hooks: readonly BeforeSend[]
  /** The most events in a new batch, if that is less than the settings allow. Default: the settings' bound. */
  maxEvents?: number
}

/** What to claim: a batch that is due, the batch `id`, or, due or not, events of chunks before `before` (`forced`). */
export type Wanted =
  | { kind: 'due' }
  | { kind: 'batch'; id: number; overServer: boolean }
  | { kind: 'forced'; before: number }

export interface ClaimedBatch extends Held {
  events: EventJson[]
}

export interface Claim {
  claimed?: ClaimedBatch
  /** When another claim may find a batch. Absent if a batch was claimed or no events are pending. */
  nextAt?: Millis
  pending: number
  drops: DropGroup[]
}

export async function claim(
  tx: Transaction,
  queue: string,
  claimant: Claimant,
  wanted: Wanted,
  now: Millis,
): Promise<Claim> {
  const [rows, rules, held] = await Promise.all([
    openRows(tx, queue),
    readRules(tx, queue),
    tx.list('schedule', [queue, 'held'], { limit: 1 }),
  ])
  if (!rows) return { pending: 0, drops: [] }
  await eraseIfOwed(rows, rules)
  // Events that the worker's hook has not seen wait for that worker: better late than leaked.
  if (rules.hooked && claimant.hooks.length === 0) {
    save(rows)
    return { pending: rows.record.pending, drops: rows.drops }
  }
  const leases = await releaseDeadLeases(rows, claimant, now)
  const { lanes, inRequest, pending } = rows.record
  const unaccounted = pending - inRequest - lanes.live.count - lanes.historical.count
  const mayBeHeld = wanted.kind === 'due' && (held.length > 0 || leases.released || unaccounted > 0)
  const found =
    wanted.kind === 'batch'
      ? await claimBatch(rows, claimant, wanted, now)
      : ((mayBeHeld ? await claimHeld(rows, claimant, now) : undefined) ??
        (await claimFromLanes(rows, claimant, wanted, mayBeHeld, now)))
  const claimed = found && 'events' in found ? found : undefined
  const recovered = !claimed && wanted.kind === 'due' && (await reconcile(rows))
  save(rows)
  const { record, drops } = rows
  const times = [found && 'nextAt' in found ? found.nextAt : undefined, leases.nextAt, recovered ? now : undefined]
  const nextAt = claimed || record.pending === 0 ? undefined : soonest(times)
  return {
    ...(claimed ? { claimed } : {}),
    ...(nextAt === undefined ? {} : { nextAt }),
    pending: record.pending,
    drops,
  }
}

const soonest = (times: (Millis | undefined)[]) => {
  const known = times.filter((time) => time !== undefined)
  return known.length > 0 ? Math.min(...known) : undefined
}

/** Ends the leases of senders that died. `nextAt`: when to check the leases of other senders again. */
async function releaseDeadLeases(
  rows: Rows,
  { sender: me, senders }: Claimant,
  now: Millis,
): Promise<{ nextAt?: Millis; released: boolean }> {
  let released = false
  if (!senders) return { released }
  let nextAt: Millis | undefined
  let inRequest = 0
  for (const held of await scheduled(rows, 'sent')) {
    const { lease, ...batch } = held.batch
    if (!lease) continue
    const { sender, at } = lease
    if (sender === me ? senders.mine.has(held.id) : lives(sender, at, me, senders, now)) {
      inRequest += batch.count
      if (sender !== me) nextAt = soonest([nextAt, senders.live ? now + CHECK_LEASES_MS : at + LEASE_MS])
      continue
    }
    released = true
    unschedule(rows, held)
    // A worker that died is replaced by one that lives on. Page after page may die with the batch in a request.
    const wait = isWorker(sender) || sender === me ? 0 : abandonedPause(batch.attempt, rows.record.config.settings)
    // A lease from the future was taken before the clock was set back.
    putBatch(rows, held.id, { ...batch, notBefore: at > now ? now : Math.max(now, at + wait) })
  }
  // `inRequest` is counted anew, because a damaged batch record cannot say whether it was in a request.
  rows.record.inRequest = inRequest
  return nextAt === undefined ? { released } : { nextAt, released }
}

/** How soon to check the lease of another living sender again, in ms. */
export const CHECK_LEASES_MS = 5_000

function lives(
  sender: string,
  since: Millis,
  me: string,
  { live, askedAt }: NonNullable<Claimant['senders']>,
  now: Millis,
): boolean {
  // A sender takes its lock before its first lease, so `live` has every living sender of a lease from before `askedAt`.
  // A later lease is believed, unless it is further ahead than a lease lasts: then the clock has been set back since.
  if (live) return live.has(sender) || (since >= askedAt && since <= now + LEASE_MS)
  // Only one service worker of a registration runs at a time: an earlier one is dead.
  if (isWorker(sender) && isWorker(me)) return false
  return Math.abs(now - since) <= LEASE_MS
}

export const isWorker = (sender: string) => sender.startsWith('worker:')

type Found = ClaimedBatch | { nextAt: Millis } | undefined

/** Claims the held batch that is due first. While requests fail, one batch per pause tries the endpoint. */
async function claimHeld(rows: Rows, claimant: Claimant, now: Millis): Promise<ClaimedBatch | undefined> {
  const { record } = rows
  if (waitsUntil(record.pausedUntil, rows, now) > now) return undefined
  for (;;) {
    const [held] = await scheduled(rows, 'held', 1)
    if (!held || waitsUntil(held.batch.notBefore, rows, now) > now) return undefined
    const claimed = await lease(rows, held, claimant, now)
    if (!claimed) continue
    if (record.failures > 0) record.pausedUntil = now + backoff(record.failures + 1, record.config.settings)
    return claimed
  }
}

async function claimBatch(
  rows: Rows,
  claimant: Claimant,
  { id, overServer }: { id: number; overServer: boolean },
  now: Millis,
): Promise<ClaimedBatch | undefined> {
  const batch = await readBatch(rows, id)
  if (!batch || batch.lease) return undefined
  if (batch.byServer && !overServer && waitsUntil(batch.notBefore, rows, now) > now) return undefined
  return lease(rows, { id, batch }, claimant, now)
}

async function lease(rows: Rows, held: Held, claimant: Claimant, now: Millis): Promise<ClaimedBatch | undefined> {
  const events = await readBody(rows, held)
  if (!events) return undefined
  if (now - held.batch.at > rows.record.config.settings.maxEventAge) {
    removeBatch(rows, held)
    dropPending(rows, { events, reason: 'expired', detail: 'older than maxEventAge' })
    return undefined
  }
  unschedule(rows, held)
  const batch: BatchRecord = {
    ...held.batch,
    attempt: held.batch.attempt + 1,
    lease: { sender: claimant.sender, at: now },
  }
  putBatch(rows, held.id, batch)
  return { id: held.id, batch, events }
}

async function claimFromLanes(
  rows: Rows,
  claimant: Claimant,
  wanted: Wanted,
  mayBeHeld: boolean,
  now: Millis,
): Promise<Found> {
  const { record } = rows
  const forced = wanted.kind === 'forced'
  const before = wanted.kind === 'forced' ? wanted.before : Number.POSITIVE_INFINITY
  const fresh = record.failures > 0 ? waitsUntil(record.freshAt, rows, now) : 0
  const times: (Millis | undefined)[] = []
  // A flush sends history first (docs/protocol.md §4.5). Otherwise live events do not wait behind an import.
  for (const lane of forced ? (['historical', 'live'] as const) : (['live', 'historical'] as const)) {
    const state = record.lanes[lane]
    const dueAt = laneDueAt(state, record.config.settings, now)
    if (dueAt === undefined) continue
    if (!forced && (dueAt > now || fresh > now)) {
      times.push(Math.max(dueAt, fresh))
      continue
    }
    if (!forced) makeDue(state, now)
    const claimed = await claimFromLane(rows, lane, before, claimant, now)
    if (!claimed) continue
    if (record.failures > 0)
      record.freshAt = now + Math.min(backoff(record.failures + 1, record.config.settings), FRESH_WAIT_MS)
    return claimed
  }
  const [held] = mayBeHeld ? await scheduled(rows, 'held', 1) : []
  if (held) times.push(Math.max(waitsUntil(held.batch.notBefore, rows, now), waitsUntil(record.pausedUntil, rows, now)))
  const nextAt = soonest(times)
  return nextAt === undefined ? undefined : { nextAt }
}

/** Forms a batch and claims it. If hooks drop all of its events, or all have expired, the next batch is formed. */
async function claimFromLane(
  rows: Rows,
  lane: Lane,
  before: number,
  claimant: Claimant,
  now: Millis,
): Promise<ClaimedBatch | undefined> {
  const state = rows.record.lanes[lane]
  for (let left = state.count; left > 0; left = state.count) {
    const claimed = await formBatch(rows, lane, before, claimant, now)
    if (claimed) return claimed
    if (state.count === left) return undefined
  }
  return undefined
}

/**
 * Repairs a queue that counts pending events to which no lane and no schedule leads. Events that the tables still hold
 * are counted anew; the others were in records that are lost. Returns whether any events were found.
 */
async function reconcile(rows: Rows): Promise<boolean> {
  const { tx, queue, record } = rows
  if (record.pending === 0 || record.lanes.live.count > 0 || record.lanes.historical.count > 0) return false
  const [left] = await tx.list('schedule', [queue], { limit: 1 })
  if (left) return false
  const { accepted, pending } = record
  await recount(rows)
  record.accepted = accepted
  const found = record.pending
  if (found < pending) {
    record.pending = pending
    countDropped(rows, pending - found, 0, 'corrupt')
    noteLost(rows, pending - found)
  }
  return found > 0
}
