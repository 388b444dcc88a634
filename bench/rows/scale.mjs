// @ts-check
/** Throughput and scale: how fast events are made durable, how a backlog drains, and what the browser alone can do. */

import { within, withPage } from './browser.mjs'
import { watchWorkerHeap } from './worker-heap.mjs'

/** @typedef {import('../bench.mjs').Run} Run */
/** @typedef {import('../peers.mjs').Peer} Peer */

const PER_TASK = 100
/** Requests that the library has in flight at once, by default; the bare ones are as many. */
const CONCURRENCY = 3

export const SIZES = [1_000, 10_000, 100_000]
export const QUICK_SIZES = [1_000, 10_000]

/**
 * @typedef {object} Backlog
 * @property {string} peer
 * @property {number} events
 * @property {number} delivered
 * @property {number | null} durableMs from the first capture, offline, until all are committed; null where nothing tells
 * @property {number} drainMs from going online to the last event
 * @property {number} requests
 * @property {number} bytesPerEvent bodies, as sent
 * @property {number} wireBytesPerEvent with the headers of requests
 * @property {number | null} workerBytes that the worker had in use while it drained another such backlog, half of the time
 * @property {number | null} workerPeakBytes and at most
 */

/** How long a backlog may take to gather and to drain: per event, and at least. */
const PATIENCE_PER_EVENT_MS = 2
const PATIENCE_MS = 20_000
const QUICK_PATIENCE_MS = 8_000

/**
 * A backlog that gathers offline and drains when the network is back.
 *
 * @param {Peer} peer
 * @param {number} events
 * @param {Run} run
 * @param {boolean} [watched] whether its memory is read meanwhile, which takes the worker's time
 * @returns {Promise<{ backlog: Backlog, bodies: Buffer[] }>} the bodies of its requests, for `measureBareFetch`
 */
export function measureBacklog({ name }, events, { quick }, watched = false) {
  const patience = Math.max(quick ? QUICK_PATIENCE_MS : PATIENCE_MS, events * PATIENCE_PER_EVENT_MS)
  return withPage(name, async ({ page, context, visit, browser }) => {
    await context.setOffline(true)
    const gathering = page.evaluate(
      ([count, perTask]) => window.bench.gather(count, perTask),
      /** @type {const} */ ([events, PER_TASK]),
    )
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

/**
 * @typedef {object} Limits
 * @property {number} events
 * @property {number} stringifyMs
 * @property {number} indexedDbMs
 * @property {number | null} fetchMs
 */

/**
 * What the browser alone takes for the same: serializing the events, writing them in chunks, sending the bodies.
 *
 * @param {number} events
 * @param {Buffer[]} bodies
 * @returns {Promise<Limits>}
 */
export function measureLimits(events, bodies) {
  const bodyAt = (/** @type {string} */ pathname) =>
    bodies[Number(/^\/bodies\/(\d+)$/.exec(pathname)?.[1] ?? Number.NaN)]
  return withPage(
    'none',
    async ({ page, visit }) => {
      const { ms: stringifyMs } = await page.evaluate((count) => window.bench.bareStringify(count), events)
      const { ms: indexedDbMs } = await page.evaluate(
        ([count, perTask]) => window.bench.bareIndexedDb(count, perTask),
        /** @type {const} */ ([events, PER_TASK]),
      )
      if (bodies.length === 0) return { events, stringifyMs, indexedDbMs, fetchMs: null }
      const fetching = page.evaluate(
        ([count, concurrency]) => window.bench.bareFetch(count, concurrency),
        /** @type {const} */ ([bodies.length, CONCURRENCY]),
      )
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
const STUCK_MS = 20_000

/**
 * @typedef {object} Durable
 * @property {string} peer
 * @property {number} events
 * @property {number} stored on the device in the time that it had
 * @property {number} ms until as many were stored
 */

/**
 * Events that are captured while nothing can be sent: how many get to the device, and how soon.
 *
 * @param {Peer} peer
 * @param {Run} run
 * @returns {Promise<Durable>}
 */
export function measureDurable({ name }, { quick }) {
  return withPage(name, async ({ page, context, visit }) => {
    const events = quick ? QUICK_DURABLE_EVENTS : DURABLE_EVENTS
    await context.setOffline(true)
    visit.claim(events)
    const counting = page.evaluate(
      ([count, perTask, patience]) => window.bench.durable(count, perTask, patience),
      /** @type {const} */ ([events, PER_TASK, quick ? QUICK_DURABLE_PATIENCE_MS : DURABLE_PATIENCE_MS]),
    )
    const { ms, stored } = (await within(counting, STUCK_MS)) ?? { ms: Number.NaN, stored: 0 }
    return { peer: name, events, stored, ms }
  })
}
