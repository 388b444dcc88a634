/** The page under measurement: it starts the peer and does what the driver asks. */

import { start } from 'peer'
import type { PeerConfig } from '../peers/peer'
import { bareEvent } from './bare'
import { measureFetch, measureIndexedDb } from './limits'
import { countStored } from './stored'
import { newTask } from './task'

const { host, run, options }: PeerConfig & { run: string } = JSON.parse(
  new URLSearchParams(location.search).get('config') ?? '{}',
)

const client = await start({ host, options })
const where = await client.ready

const PRODUCTS = ['lamp', 'chair', 'desk', 'shelf', 'rug', 'mirror', 'sofa', 'plant', 'clock', 'vase', 'stool']

/** A real event's, different from one to the next, and the same for every peer. */
const propertiesOf = (number: number) => ({
  bench_id: `${run}-${number}`,
  path: `/products/${PRODUCTS[number % PRODUCTS.length]}-${(number * 7919) % 997}`,
  price: ((number * 104_729) % 100_000) / 100,
  currency: 'EUR',
  items: number % 5,
  plan: number % 3 === 0 ? 'pro' : 'free',
  variant: 'b',
})

/** Captures so many events, one task after the other. */
async function capture(from: number, count: number, perTask = count) {
  for (let next = from; next < from + count; ) {
    const end = Math.min(next + perTask, from + count)
    for (; next < end; next++) client.capture('product viewed', propertiesOf(next))
    if (next < from + count) await newTask()
  }
}

/** A peer whose calls take long is sampled no longer than this, in ms. */
const SAMPLING_MS = 2_000

/** µs per call, of many calls each, every sample in a task of its own, between which the page has time for others. */
async function sample(call: (number: number) => void, samples: number, perSample: number) {
  const times: number[] = []
  const end = performance.now() + SAMPLING_MS
  for (let index = 0; index < samples && performance.now() < end; index++) {
    const before = performance.now()
    for (let number = 0; number < perSample; number++) call(index * perSample + number)
    times.push(((performance.now() - before) * 1_000) / perSample)
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return times
}

const longTasks: Bench['longTasks'] = []
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) longTasks.push({ startTime, duration })
}).observe({ type: 'longtask' })

let kept = 0
let capturing: ReturnType<typeof setInterval> | undefined

/** What a page does of its own on a click, and how often it captures besides, in ms. */
const OWN_WORK_MS = 2
const BACKGROUND_MS = 50
const clicks: number[] = []

/** From the click to the frame that shows what it did. */
function busy() {
  let next = 1_000_000
  const captureSome = (count: number) => {
    for (let number = 0; number < count; number++) client.capture('product viewed', propertiesOf(next++))
  }
  setInterval(() => captureSome(5), BACKGROUND_MS)
  document.querySelector<HTMLElement>('#button')?.addEventListener('click', ({ timeStamp }) => {
    const end = performance.now() + OWN_WORK_MS
    while (performance.now() < end) kept += 1
    captureSome(5)
    document.querySelector('#list')?.append(document.createElement('li'))
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => clicks.push(performance.now() - timeStamp)
      port2.postMessage(undefined)
    })
  })
}

const bench: Bench = {
  where,
  capture,
  longTasks,
  resetLongTasks: () => void longTasks.splice(0),
  isolated: crossOriginIsolated,
  captured: 0,
  captureEvery(ms) {
    capturing = setInterval(() => client.capture('product viewed', propertiesOf(bench.captured++)), ms)
  },
  stopCapturing() {
    clearInterval(capturing)
    return bench.captured
  },
  busy,
  clicks,
  sampleCapture: (samples, perSample, from) =>
    sample((number) => client.capture('product viewed', propertiesOf(from + number)), samples, perSample),
  sampleBare: (samples, perSample) =>
    sample(
      (number) => {
        kept += bareEvent('product viewed', propertiesOf(number)).length
      },
      samples,
      perSample,
    ),
  /** Captures, and tells the ms until all are committed, or null where nothing tells. */
  async gather(count, perTask) {
    const started = performance.now()
    await capture(0, count, perTask)
    if (!client.committed) return null
    await client.committed()
    return performance.now() - started
  },
  stored: () => countStored(run, 'outlast'),
  /** The time from the first capture until all are committed, or until `isStored` counts them. */
  async durable(count, perTask, patienceMs) {
    const started = performance.now()
    await capture(0, count, perTask)
    if (client.committed) {
      await client.committed()
      return { ms: performance.now() - started, stored: count }
    }
    let best = { ms: Number.NaN, stored: 0 }
    do {
      const stored = await countStored(run)
      if (stored > best.stored) best = { ms: performance.now() - started, stored }
      if (stored >= count) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    } while (performance.now() - started < patienceMs)
    return best
  },
  bareIndexedDb: (count, perTask) =>
    measureIndexedDb(count, perTask, (number) => bareEvent('product viewed', propertiesOf(number))),
  bareStringify: (count) => {
    const started = performance.now()
    for (let number = 0; number < count; number++) {
      kept += bareEvent('product viewed', propertiesOf(number)).length
    }
    return { ms: performance.now() - started, kept }
  },
  bareFetch: (count, concurrency) => measureFetch(host, count, concurrency),
}
window.bench = bench
