/** Finds the batch that may be sent next and leases it to a sender, in one transaction. */

import { FRESH_WAIT_MS } from '../base/limits'
import type { Millis, NewId } from '../base/ports'
import type { BeforeSend } from '../event/before-send'
import type { EventJson } from '../event/event'
import { putBatch, readBatch, removeBatch, type StoredBatch, scheduled, unschedule, WAITING } from './batches'
import { eraseIfOwed } from './erase'
import { formBatch, type Source } from './form-batch'
import { laneDueAt, makeDue } from './lanes'
import { releaseDeadLeases } from './leases'
import { dropPending, type OpenQueue, type Step, save } from './open-queue'
import { openQueue, readRules } from './opening'
import { readBody } from './read-body'
import type { BatchRecord } from './records'
import { reconcile } from './recount'
import { backoff, waitsUntil } from './retry'
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
  /** Whether the sender has a function that gives the headers of each request. */
  asks?: boolean
  /** The most events in a new batch, if that is less than the settings allow. Default: the settings' bound. */
  maxEvents?: number
}

/** What to claim: a batch that is due, the batch `id`, or, due or not, events of chunks before `before` (`forced`). */
export type Wanted =
  | { kind: 'due' }
  | { kind: 'batch'; id: number; ignoreRetryAfter: boolean }
  | { kind: 'forced'; before: number }

/** A batch that a sender has leased, with its events. */
export interface ClaimedBatch extends StoredBatch {
  events: EventJson[]
}

export interface Claim {
  claimed?: ClaimedBatch
  /** When another claim may find a batch. Absent if a batch was claimed or no events are pending. */
  nextAt?: Millis
  pending: number
  drops: DropGroup[]
}

export async function claim(step: Step, claimant: Claimant, wanted: Wanted): Promise<Claim> {
  const [queue, rules, waiting] = await Promise.all([
    openQueue(step),
    readRules(step),
    step.tx.list('schedule', [step.key, WAITING], { limit: 1 }),
  ])
  if (!queue) return { pending: 0, drops: [] }
  const { record, drops } = queue
  await eraseIfOwed(queue, rules)
  // Events that the worker's hook has not seen wait for that worker: better late than leaked. Events whose requests
  // need headers from a function wait for a host with the function: without headers the server could refuse the events
  // for good. Events for an endpoint of the site's own wait until the config names its path.
  const { headersAsked, endpoint } = record.config
  const lacksHeaders = headersAsked === true && !claimant.asks
  if ((rules.hooked && claimant.hooks.length === 0) || lacksHeaders || endpoint?.path === '') {
    save(queue)
    return { pending: record.pending, drops }
  }
  const leases = await releaseDeadLeases(queue, claimant)
  // Events in no request and in no lane are in waiting batches, which the schedule names unless it is damaged.
  const unaccounted = record.pending - record.inRequest - record.lanes.live.count - record.lanes.historical.count
  const mayWait = wanted.kind === 'due' && (waiting.length > 0 || leases.released || unaccounted > 0)
  const claimed =
    wanted.kind === 'batch'
      ? await claimBatch(queue, claimant, wanted)
      : ((mayWait ? await claimWaiting(queue, claimant) : undefined) ?? (await claimFromLanes(queue, claimant, wanted)))
  const times: (Millis | undefined)[] = leases.checkAt
  if (!claimed && wanted.kind === 'due') {
    times.push(lanesDueAt(queue), mayWait ? await waitingDueAt(queue) : undefined)
    if (await reconcile(queue)) times.push(queue.now)
  }
  save(queue)
  const nextAt = claimed || record.pending === 0 ? undefined : soonest(times)
  return {
    ...(claimed ? { claimed } : {}),
    ...(nextAt === undefined ? {} : { nextAt }),
    pending: record.pending,
    drops,
  }
}

function soonest(times: (Millis | undefined)[]): Millis | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length > 0 ? Math.min(...known) : undefined
}

/** Claims the waiting batch that is due first. While requests fail, one batch per pause tries the endpoint. */
async function claimWaiting(queue: OpenQueue, claimant: Claimant): Promise<ClaimedBatch | undefined> {
  const { record, now } = queue
  if (waitsUntil(queue, record.pausedUntil) > now) return undefined
  for (;;) {
    const [first] = await scheduled(queue, WAITING, 1)
    if (!first || waitsUntil(queue, first.batch.notBefore) > now) return undefined
    const claimed = await lease(queue, claimant, first)
    if (!claimed) continue
    if (record.failures > 0) record.pausedUntil = now + backoff(record.failures + 1, record.config.settings)
    return claimed
  }
}

/** When `claimWaiting` may find a batch, or `undefined` if no batch waits. */
async function waitingDueAt(queue: OpenQueue): Promise<Millis | undefined> {
  const [first] = await scheduled(queue, WAITING, 1)
  if (!first) return undefined
  return Math.max(waitsUntil(queue, first.batch.notBefore), waitsUntil(queue, queue.record.pausedUntil))
}

async function claimBatch(
  queue: OpenQueue,
  claimant: Claimant,
  { id, ignoreRetryAfter }: Extract<Wanted, { kind: 'batch' }>,
): Promise<ClaimedBatch | undefined> {
  const batch = await readBatch(queue, id)
  if (!batch || batch.lease) return undefined
  if (batch.fromRetryAfter && !ignoreRetryAfter && waitsUntil(queue, batch.notBefore) > queue.now) return undefined
  return lease(queue, claimant, { id, batch })
}

/** Leases a batch to the claimant, unless its events have expired or cannot be read. */
async function lease(queue: OpenQueue, { sender }: Claimant, stored: StoredBatch): Promise<ClaimedBatch | undefined> {
  const { record, now } = queue
  const events = await readBody(queue, stored)
  if (!events) return undefined
  if (now - stored.batch.at > record.config.settings.maxEventAge) {
    removeBatch(queue, stored)
    dropPending(queue, { events, reason: 'expired', detail: 'older than maxEventAge' })
    return undefined
  }
  unschedule(queue, stored)
  const batch: BatchRecord = {
    ...stored.batch,
    attempt: stored.batch.attempt + 1,
    lease: { sender, at: now },
  }
  putBatch(queue, stored.id, batch)
  return { id: stored.id, batch, events }
}

/** Forms a batch from the first lane that is due, or from the first that has events if the claim is forced. */
async function claimFromLanes(
  queue: OpenQueue,
  claimant: Claimant,
  wanted: Exclude<Wanted, { kind: 'batch' }>,
): Promise<ClaimedBatch | undefined> {
  const { record, now } = queue
  const { settings } = record.config
  if (waitsForEarlier(queue)) return undefined
  const forced = wanted.kind === 'forced'
  // A flush sends history first (docs/protocol.md §4.5). Otherwise live events do not wait behind an import.
  for (const lane of forced ? (['historical', 'live'] as const) : (['live', 'historical'] as const)) {
    const state = record.lanes[lane]
    if (!forced) {
      if (Math.max(laneDueAt(state, settings, now) ?? Number.POSITIVE_INFINITY, freshAt(queue)) > now) continue
      makeDue(state, now)
    }
    const before = forced ? wanted.before : Number.POSITIVE_INFINITY
    const claimed = await claimFromLane(queue, claimant, { lane, before })
    if (!claimed) continue
    if (record.failures > 0) record.freshAt = now + Math.min(backoff(record.failures + 1, settings), FRESH_WAIT_MS)
    return claimed
  }
  return undefined
}

/** A relay's requests go in order: none is sent while an earlier one waits for a retry, or is on its way. */
const waitsForEarlier = ({ record: { config, pending, lanes } }: OpenQueue): boolean =>
  config.relay !== undefined && pending > lanes.live.count + lanes.historical.count

/** When `claimFromLanes` may find events, or `undefined` if it can find none now. */
function lanesDueAt(queue: OpenQueue): Millis | undefined {
  if (waitsForEarlier(queue)) return undefined
  const { lanes, config } = queue.record
  const dueAt = soonest([lanes.live, lanes.historical].map((lane) => laneDueAt(lane, config.settings, queue.now)))
  return dueAt === undefined ? undefined : Math.max(dueAt, freshAt(queue))
}

/** Until when first requests of new events are paused; 0 while no request fails. */
const freshAt = (queue: OpenQueue): Millis => (queue.record.failures > 0 ? waitsUntil(queue, queue.record.freshAt) : 0)

/** Forms a batch and claims it. If hooks drop all of its events, or all have expired, the next batch is formed. */
async function claimFromLane(queue: OpenQueue, claimant: Claimant, source: Source): Promise<ClaimedBatch | undefined> {
  const state = queue.record.lanes[source.lane]
  for (let left = state.count; left > 0; left = state.count) {
    const claimed = await formBatch(queue, claimant, source)
    if (claimed) return claimed
    if (state.count === left) return undefined
  }
  return undefined
}
