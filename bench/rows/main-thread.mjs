// @ts-check
/** What a peer costs the page: per call, in all, in long tasks, and for somebody who clicks. */

import { median, percentile } from '../stats.mjs'
import { countTaskTime, taskTime, within, withPage } from './browser.mjs'

/** @typedef {import('../bench.mjs').Run} Run */

const SAMPLES = 150
const PER_SAMPLE = 20
const WARM_UP = 20

/**
 * @typedef {object} CaptureCost
 * @property {string} peer
 * @property {number} medianUs
 * @property {number} p99Us of samples, each the mean of several calls in a row
 * @property {number} [bareUs] of the same event built and serialized by hand, in the same page
 */

/**
 * µs per `capture`. The bare cost is measured in the same page, in turns.
 *
 * @param {import('../peers.mjs').Peer} peer
 * @param {Run} run
 * @returns {Promise<CaptureCost>}
 */
export function measureCapture({ name }, { repeats }) {
  return withPage(name, async ({ page, visit }) => {
    /** @type {number[][]} */
    const captures = []
    /** @type {number[][]} */
    const bares = []
    // Both are compiled by then, as in a page that has been open for a while.
    await samplesOf(WARM_UP)
    captures.length = 0
    bares.length = 0
    for (let repeat = 0; repeat < repeats; repeat++) await samplesOf(SAMPLES)
    return {
      peer: name,
      medianUs: median(captures.map((one) => median(one))),
      p99Us: median(captures.map((one) => percentile(one, 99))),
      bareUs: median(bares.map((one) => median(one))),
    }

    /** @param {number} samples */
    async function samplesOf(samples) {
      bares.push(
        await page.evaluate(([s, n]) => window.bench.sampleBare(s, n), /** @type {const} */ ([samples, PER_SAMPLE])),
      )
      const from = visit.claim(samples * PER_SAMPLE)
      captures.push(
        await page.evaluate(
          ([s, n, f]) => window.bench.sampleCapture(s, n, f),
          /** @type {const} */ ([samples, PER_SAMPLE, from]),
        ),
      )
    }
  })
}

const LOAD = 10_000
const QUICK_LOAD = 2_000
const PER_TASK = 100
/** A peer that has not delivered by then is not waited for any longer. */
const LOAD_PATIENCE_MS = 20_000
const QUICK_LOAD_PATIENCE_MS = 6_000
/** A page that does not say what it did so long after that is stuck in its own work. */
const STUCK_MS = 5_000
/** The last answers are dealt with after the last event has arrived. */
const AFTERMATH_MS = 500

/**
 * @typedef {object} Load
 * @property {string} peer
 * @property {number} captured
 * @property {number} delivered
 * @property {number} taskMs of the page's main thread, until delivered or given up
 * @property {boolean} stuck the page was still busy when it was given up: `taskMs` is the least it took
 * @property {number} deliveredMs
 * @property {number} longTasks
 * @property {number} longestTaskMs 0 where there is no long one
 * @property {number} requests
 * @property {number} bytesPerEvent bodies, as sent
 * @property {number} wireBytesPerEvent with the headers of requests
 */

/**
 * The page's main-thread time for many events until they are delivered.
 *
 * @param {import('../peers.mjs').Peer} peer
 * @param {Run} run
 * @returns {Promise<Load>}
 */
export async function measureLoad({ name }, { quick }) {
  return withPage(name, async ({ page, visit, devTools }) => {
    const count = quick ? QUICK_LOAD : LOAD
    await settle()
    await page.evaluate(() => window.bench.resetLongTasks())
    await countTaskTime(devTools)
    const before = await taskTime(devTools)
    const startedAt = Date.now()
    const patience = quick ? QUICK_LOAD_PATIENCE_MS : LOAD_PATIENCE_MS
    await within(visit.capture(page, count, PER_TASK), patience)
    if (name !== 'none') await visit.ingest.arrived(count, Math.max(0, startedAt + patience - Date.now()))
    await settle()
    const worked = await within(taskTime(devTools), STUCK_MS)
    const longTasks = await within(
      page.evaluate(() => window.bench.longTasks.map(({ duration }) => duration)),
      STUCK_MS,
    )
    const { events, requests, bodyBytes, wireBytes } = await visit.ingest.account()
    return {
      peer: name,
      captured: count,
      delivered: events,
      taskMs: worked === undefined ? patience : worked - before,
      stuck: worked === undefined,
      deliveredMs: events > 0 ? visit.ingest.lastNewAt() - startedAt : Number.NaN,
      longTasks: longTasks?.length ?? Number.NaN,
      longestTaskMs: longTasks ? Math.max(0, ...longTasks) : Number.NaN,
      requests,
      bytesPerEvent: bodyBytes / events,
      wireBytesPerEvent: wireBytes / events,
    }
  })
}

const settle = () => new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS))

const CLICKS = 40
const QUICK_CLICKS = 20
/** A middling phone is about so many times slower than a desktop. */
const THROTTLE = 4
/** Ahead of the clicks, so that what a peer does every few seconds is among them. */
const BETWEEN_CLICKS_MS = 120

/**
 * @typedef {object} Interaction
 * @property {string} peer
 * @property {number} medianMs from a click to the frame after it
 * @property {number} p98Ms the slowest but the outliers: what INP takes
 */

/**
 * How soon a busy page answers clicks, with its events captured along the way.
 *
 * @param {import('../peers.mjs').Peer} peer
 * @param {Run} run
 * @returns {Promise<Interaction>}
 */
export function measureInteraction({ name }, { quick }) {
  return withPage(name, async ({ page, devTools }) => {
    await devTools.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE })
    await page.evaluate(() => window.bench.busy())
    const clicks = quick ? QUICK_CLICKS : CLICKS
    for (let click = 0; click < clicks; click++) {
      await page.mouse.click(60, 40)
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_CLICKS_MS))
    }
    const times = await page.evaluate(() => window.bench.clicks)
    return { peer: name, medianMs: median(times), p98Ms: percentile(times, 98) }
  })
}
