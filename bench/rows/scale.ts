/** Throughput and scale: how fast events are made durable, how a backlog drains, and what the browser alone can do. */

import type { Run } from '../bench'
import type { Peer } from '../peers'
import { within, withPage } from './browser'
import { watchWorkerHeap } from './worker-heap'

export const PER_TASK = 100
/** Requests that the library has in flight at once, by default; the bare ones are as many. */
const CONCURRENCY = 3

export const SIZES = [1_000, 10_000, 100_000]
export const QUICK_SIZES = [1_000, 10_000]

export interface Backlog {
  peer: string
  events: number
  delivered: number
  /** From the first capture, offline, until all are committed; null where nothing tells. */
  durableMs: number | null
  /** The time from going online to the last event. */
  drainMs: number
  requests: number
  /** Bytes of bodies, as sent. */
  bytesPerEvent: number
  /** The same with the headers of requests. */
  wireBytesPerEvent: number
  /** That the worker had in use while it drained another such backlog, half of the time. */
  workerBytes: number | null
  /** The most that the worker had in use meanwhile. */
  workerPeakBytes: number | null
}

/** How long a backlog may take to gather and to drain: per event, and at least. */
const PATIENCE_PER_EVENT_MS = 2
const PATIENCE_MS = 20_000
const QUICK_PATIENCE_MS = 8_000

export const patienceFor = (events: number, quick: boolean) =>
  Math.max(quick ? QUICK_PATIENCE_MS : PATIENCE_MS, events * PATIENCE_PER_EVENT_MS)

/**
 * A backlog that gathers offline and drains when the network is back.
 *
 * @param perTask how many events are captured in each task
 * @param watched whether its memory is read meanwhile, which takes the worker's time
 * @returns the bodies of its requests, for `measureLimits`
 */
export function measureBacklog(
  { name }: Peer,
  events: number,
  { quick }: Run,
  { perTask = PER_TASK, watched = false }: { perTask?: number; watched?: boolean } = {},
): Promise<{ backlog: Backlog; bodies: Buffer[] }> {
  const patience = patienceFor(events, quick)
  return withPage(name, async ({ page, context, visit, browser }) => {
    await context.setOffline(true)
    const gathering = page.evaluate(([count, perTask]) => window.bench.gather(count, perTask), [
      events,
      perTask,
    ] as const)
    visit.claim(events)
    const durableMs = (await within(gathering, patience)) ?? null
    const heap = watched ? await watchWorkerHeap(browser) : undefined
    const startedAt = Date.now()
    await within(context.setOffline(false), patience)
    await visit.ingest.arrived(events, patience)
    const memory = await heap?.stop()
    const { events: delivered, requests, bodyBytes, wireBytes } = await visit.ingest.account()
    const backlog = {
      peer: name,
      events,
      delivered,
      durableMs,
      drainMs: delivered > 0 ? visit.ingest.lastNewAt() - startedAt : Number.NaN,
      requests,
      bytesPerEvent: bodyBytes / delivered,
      wireBytesPerEvent: wireBytes / delivered,
      workerBytes: memory?.median ?? null,
      workerPeakBytes: memory?.peak ?? null,
    }
    return { backlog, bodies: visit.ingest.bodies() }
  })
}

export interface Limits {
  events: number
  stringifyMs: number
  indexedDbMs: number
  fetchMs: number | null
}

/** What the browser alone takes for the same: serializing the events, writing them in chunks, sending the bodies. */
export function measureLimits(events: number, bodies: Buffer[], perTask: number = PER_TASK): Promise<Limits> {
  const bodyAt = (pathname: string) => bodies[Number(/^\/bodies\/(\d+)$/.exec(pathname)?.[1] ?? Number.NaN)]
  return withPage(
    'none',
    async ({ page, visit }) => {
      const { ms: stringifyMs } = await page.evaluate((count) => window.bench.bareStringify(count), events)
      const { ms: indexedDbMs } = await page.evaluate(
        ([count, perTask]) => window.bench.bareIndexedDb(count, perTask),
        [events, perTask] as const,
      )
      if (bodies.length === 0) return { events, stringifyMs, indexedDbMs, fetchMs: null }
      const fetching = page.evaluate(([count, concurrency]) => window.bench.bareFetch(count, concurrency), [
        bodies.length,
        CONCURRENCY,
      ] as const)
      // The bodies are read here too, as they are for the library.
      const [{ ms: fetchMs }] = await Promise.all([fetching, visit.ingest.arrived(events, PATIENCE_MS)])
      return { events, stringifyMs, indexedDbMs, fetchMs }
    },
    { extra: bodyAt, wire: 'outlast' },
  )
}

const DURABLE_EVENTS = 1_000
const QUICK_DURABLE_EVENTS = 300
const DURABLE_PATIENCE_MS = 8_000
const QUICK_DURABLE_PATIENCE_MS = 3_000
/** A page that does not answer by then is given up. */
const STUCK_MS = 12_000

export interface Durable {
  peer: string
  events: number
  /** Events that were on the device in the time that the peer had. */
  stored: number
  /** The time until as many were stored. */
  ms: number
}

/** Events that are captured while nothing can be sent: how many get to the device, and how soon. */
export function measureDurable({ name }: Peer, { quick }: Run): Promise<Durable> {
  return withPage(name, async ({ page, context, visit }) => {
    const events = quick ? QUICK_DURABLE_EVENTS : DURABLE_EVENTS
    await context.setOffline(true)
    visit.claim(events)
    const counting = page.evaluate(([count, perTask, patience]) => window.bench.durable(count, perTask, patience), [
      events,
      PER_TASK,
      quick ? QUICK_DURABLE_PATIENCE_MS : DURABLE_PATIENCE_MS,
    ] as const)
    const { ms, stored } = (await within(counting, STUCK_MS)) ?? { ms: Number.NaN, stored: 0 }
    return { peer: name, events, stored, ms }
  })
}
