/** What a peer costs the page: per call, in all, in long tasks, and for somebody who clicks. */

import type { Run } from '../bench'
import type { Peer } from '../peers'
import { median, percentile } from '../stats'
import { countTaskTime, taskTime, within, withPage } from './browser'

const SAMPLES = 150
const PER_SAMPLE = 20
const WARM_UP = 20

export interface CaptureCost {
  peer: string
  medianUs: number
  /** The percentile is of samples, each the mean of several calls in a row. */
  p99Us: number
  /** Of the same event built and serialized by hand, in the same page. */
  bareUs?: number
}

/** µs per `capture`. The bare cost is measured in the same page, right before. */
export function measureCapture({ name }: Peer): Promise<CaptureCost> {
  return withPage(name, async ({ page, visit }) => {
    // Both are compiled by then, as in a page that has been open for a while.
    await samplesOf(WARM_UP)
    const { bares, captures } = await samplesOf(SAMPLES)
    return { peer: name, medianUs: median(captures), p99Us: percentile(captures, 99), bareUs: median(bares) }

    async function samplesOf(samples: number) {
      const bares = await page.evaluate(([s, n]) => window.bench.sampleBare(s, n), [samples, PER_SAMPLE] as const)
      const from = visit.claim(samples * PER_SAMPLE)
      const captures = await page.evaluate(([s, n, f]) => window.bench.sampleCapture(s, n, f), [
        samples,
        PER_SAMPLE,
        from,
      ] as const)
      return { bares, captures }
    }
  })
}

const LOAD = 10_000
const QUICK_LOAD = 2_000
const PER_TASK = 100
/** A peer that has not delivered by then is not waited for any longer. */
const LOAD_PATIENCE_MS = 15_000
const QUICK_LOAD_PATIENCE_MS = 6_000
/** A page that does not say what it did so long after that is stuck in its own work. */
const STUCK_MS = 5_000
/** The last answers are dealt with after the last event has arrived. */
const AFTERMATH_MS = 500

export interface Load {
  peer: string
  captured: number
  delivered: number
  /** The time of the page's main thread until all is delivered or given up. */
  taskMs: number
  /** The page was still busy when it was given up: `taskMs` is the least it took. */
  stuck: boolean
  deliveredMs: number
  longTasks: number
  /** 0 where no task was long. */
  longestTaskMs: number
  requests: number
  /** Bytes of bodies, as sent. */
  bytesPerEvent: number
  /** The same with the headers of requests. */
  wireBytesPerEvent: number
}

/** The page's main-thread time for many events until they are delivered. */
export async function measureLoad({ name }: Peer, { quick }: Run): Promise<Load> {
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

export interface Interaction {
  peer: string
  /** The time from a click to the frame after it. */
  medianMs: number
  /** The slowest click but the outliers, as INP takes it. */
  p98Ms: number
}

/** How soon a busy page answers clicks, with its events captured along the way. */
export function measureInteraction({ name }: Peer, { quick }: Run): Promise<Interaction> {
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
