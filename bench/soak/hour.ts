/** A tab that captures for an hour in real Chromium, at an endpoint that fails in some minutes. */

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright'
import { launchKillable, withProfile } from '../../e2e/browser'
import { pageCode } from '../../e2e/engines/page-code'
import { type Visit, withVisit } from '../rows/visit'
import { attachToWorker } from '../rows/worker-heap'
import type { Measure, Reading, Soak } from './growth'

/** A heap varies by what the browser has compiled and cached; growth by events shows in an hour of 72,000. */
const HEAP_SLACK = { share: 0.15, least: 200 }
const COUNT_SLACK = { share: 0, least: 3 }

export const HOUR: Record<string, Measure> = {
  pageHeap: { name: "the page's heap", unit: 'kB', slack: HEAP_SLACK, hasGarbage: true },
  workerHeap: { name: "the worker's heap", unit: 'kB', slack: HEAP_SLACK, hasGarbage: true },
  // LevelDB writes logs of some MB before it compacts them.
  disk: { name: 'IndexedDB on disk', unit: 'kB', slack: { share: 0.25, least: 4_000 } },
  localStorage: { name: 'localStorage', unit: 'kB', slack: { share: 0, least: 0.2 } },
  listeners: { name: "the page's listeners", unit: '', slack: COUNT_SLACK, hasGarbage: true },
  pageTimers: { name: "the page's timers", unit: '', slack: COUNT_SLACK },
  workerTimers: { name: "the worker's timers", unit: '', slack: COUNT_SLACK },
}

const EVENTS_PER_SECOND = 20
const READ_EVERY_MS = 30_000
const MINUTE_MS = 60_000
/** What the endpoint does in a minute of ten; in all others it takes events. */
const FAILING: Record<number, '503' | '429' | 'down' | 'lost' | 'offline'> = {
  2: '503',
  4: 'down',
  6: 'offline',
  7: '429',
  9: 'lost',
}
/** The code is compiled by then, and LevelDB has written its first files. */
const WARM_UP_MINUTES = 6
/** How long after the hour what is still stored may take, in ms. */
const DRAIN_LIMIT_MS = 180_000
/** A worker that counts its timers, and is the library's otherwise. */
const WORKER = '/soak-worker.js'

export async function soakHour(minutes: number, progress: (line: string) => void): Promise<Soak> {
  const worker = Buffer.from(`${pageCode(countTimers)}()\nimportScripts('/__outlast/worker.js')\n`)
  return withProfile((profile) =>
    withVisit('outlast', (visit) => soak(visit, profile, minutes, progress), {
      extra: (pathname) => (pathname === WORKER ? worker : undefined),
    }),
  )
}

async function soak(visit: Visit, profile: string, minutes: number, progress: (line: string) => void): Promise<Soak> {
  const { browser, context, kill } = await launchKillable(profile)
  try {
    await context.addInitScript(`${pageCode(countTimers)}()`)
    const page = await visit.open(context, { worker: { url: WORKER } })
    const devTools = await context.newCDPSession(page)
    await devTools.send('Performance.enable')
    await page.evaluate((everyMs) => window.bench.captureEvery(everyMs), 1_000 / EVENTS_PER_SECOND)
    const readings: Reading[] = []
    const startedAt = Date.now()
    let minute = -1
    while (Date.now() - startedAt < minutes * MINUTE_MS) {
      const now = Math.floor((Date.now() - startedAt) / MINUTE_MS)
      if (now !== minute) {
        minute = now
        await breakEndpoint(FAILING[minute % 10], visit, context)
      }
      await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS - ((Date.now() - startedAt) % READ_EVERY_MS)))
      const at = Math.round((Date.now() - startedAt) / 100) / (MINUTE_MS / 100)
      const figures = await read(page, devTools, browser, profile)
      readings.push({ at, figures })
      progress(`hour: minute ${at.toFixed(1)} ${JSON.stringify(figures)}`)
    }
    await breakEndpoint(undefined, visit, context)
    const captured = await page.evaluate(() => window.bench.stopCapturing())
    await page.goto('about:blank')
    await visit.ingest.arrived(captured, DRAIN_LIMIT_MS)
    const { events: delivered, duplicates } = await visit.ingest.account()
    const what = `A tab in Chromium for ${minutes} minutes, ${EVENTS_PER_SECOND} events a second; of ten minutes one each with 503, with 429, unreachable, offline, and with answers that are lost.`
    return {
      date: new Date().toISOString().slice(0, 10),
      what,
      captured,
      delivered,
      duplicates,
      warmUp: WARM_UP_MINUTES,
      readings,
    }
  } finally {
    await kill()
  }
}

async function breakEndpoint(fault: (typeof FAILING)[number] | undefined, { ingest }: Visit, context: BrowserContext) {
  await context.setOffline(fault === 'offline')
  ingest.fault({ mode: fault === undefined || fault === 'offline' ? 'ok' : fault })
}

async function read(page: Page, devTools: CDPSession, browser: Browser, profile: string) {
  const [, { usedSize, backingStorageSize }, { metrics }] = await Promise.all([
    devTools.send('HeapProfiler.collectGarbage'),
    devTools.send('Runtime.getHeapUsage'),
    devTools.send('Performance.getMetrics'),
  ])
  const ofWorker = await readWorker(browser)
  return {
    pageHeap: kB(usedSize + (backingStorageSize ?? 0)),
    disk: kB(bytesIn(path.join(profile, 'Default/IndexedDB'))),
    localStorage: kB(
      await page.evaluate(() => Object.entries(localStorage).reduce((sum, pair) => sum + pair.join('').length, 0)),
    ),
    listeners: metrics.find(({ name }) => name === 'JSEventListeners')?.value ?? Number.NaN,
    pageTimers: await page.evaluate(() => armedTimers()),
    ...ofWorker,
  }
}

/** Nothing where no worker runs at the moment. */
async function readWorker(browser: Browser): Promise<Record<string, number>> {
  const worker = await attachToWorker(browser)
  if (!worker) return {}
  try {
    const [, { usedSize, backingStorageSize }, { result }] = await Promise.all([
      worker.send('HeapProfiler.collectGarbage'),
      worker.send('Runtime.getHeapUsage'),
      worker.send('Runtime.evaluate', { expression: 'armedTimers()' }),
    ])
    return {
      workerHeap: kB(Number(usedSize) + Number(backingStorageSize ?? 0)),
      workerTimers: Number((result as { value: number }).value),
    }
  } finally {
    await worker.detach()
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce((sum, entry) => {
    // The browser removes its files as it goes.
    const stat = entry.isFile()
      ? statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })
      : undefined
    return sum + (stat?.size ?? 0)
  }, 0)
}

const kB = (bytes: number) => Math.round(bytes / 100) / 10

/** Runs in the page and in the worker, before all else there: it knows nothing of this file. */
function countTimers() {
  const armed = new Set<unknown>()
  const { setTimeout: set, clearTimeout: clear } = globalThis
  const counting = (work: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
    const id: unknown = set(() => {
      armed.delete(id)
      work(...given)
    }, ms)
    armed.add(id)
    return id
  }
  const clearing = (id?: number) => {
    armed.delete(id)
    clear(id)
  }
  Object.assign(globalThis, { setTimeout: counting, clearTimeout: clearing, armedTimers: () => armed.size })
}
