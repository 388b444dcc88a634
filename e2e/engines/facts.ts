/**
 * What an engine can do of what the library builds on, measured here: `npx tsx e2e/engines/facts.ts firefox`.
 * The table in the README is made of these lines.
 */

import { createServer } from 'node:http'
import { listen } from '../../test/support/listen'
import { startSite } from '../site'
import { type Context, engineNamed, type Page } from './engine'

/** How long a worker is watched after its last page has closed, in ms; it is taken for dead after this long silence. */
const WATCH_MS = 100_000
const SILENCE_MS = 5_000
const BEAT_MS = 500

const engine = await engineNamed(process.argv[2] ?? 'chromium')
const site = await startSite({ headers: { 'Access-Control-Allow-Origin': '*' } })
const beats = await startBeats()
const browser = await engine.launch()
console.log(`${engine.name} ${browser.version}`)
try {
  const context = await browser.newContext()
  const page = await open(context)
  tell('host', await hostOf(page))
  tell('host in a sandboxed frame', await page.evaluate(hostInFrame))
  if (browser.newPrivateWindow) {
    const hidden = await open(await browser.newPrivateWindow())
    tell('host in a private window', await hostOf(hidden))
    tell('storage in a private window', await hidden.evaluate(storage))
    await hidden.close()
  }
  const measures: Record<string, () => unknown> = { interfaces, moduleWorker, gzip, keepalive, beacons, storage }
  for (const [name, measure] of Object.entries(measures)) {
    tell(name, await page.evaluate(measure).catch((error) => String(error)))
  }
  tell('back/forward cache keeps the page', await backAndForth(page))
  // An engine may keep a worker for as long as any page of its origin is open.
  await page.close()
  for (const busy of [false, true]) {
    tell(`worker lives after its last page, ${busy ? 'busy' : 'idle'}`, await workerLife(context, busy))
  }
} finally {
  await browser.close()
  await site.close()
  beats.server.close()
}

function tell(what: string, value: unknown) {
  console.log(`${what}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
}

async function open(context: Context) {
  const page = await context.newPage()
  await page.goto(`${site.url}/?init=${encodeURIComponent('{"host":"http://127.0.0.1:9"}')}`)
  return page
}

function hostOf(page: Page) {
  return page.evaluate(async () => {
    while (!window.outlast) await new Promise((resolve) => setTimeout(resolve, 50))
    return window.outlast.ready
  })
}

function hostInFrame() {
  const frame = document.createElement('iframe')
  frame.sandbox.add('allow-scripts')
  frame.src = `/framed.html${location.search}`
  const told = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }))
  document.body.append(frame)
  return told
}

function interfaces() {
  const registration = ServiceWorkerRegistration.prototype
  return {
    sync: 'sync' in registration,
    periodicSync: 'periodicSync' in registration,
    locks: 'locks' in navigator,
    fetchLater: 'fetchLater' in globalThis,
    storageBuckets: 'storageBuckets' in navigator,
    notRestoredReasons: 'notRestoredReasons' in PerformanceNavigationTiming.prototype,
  }
}

async function moduleWorker() {
  const registration = await navigator.serviceWorker.register('/own-worker.mjs', { scope: '/module/', type: 'module' })
  const worker = registration.installing ?? registration.active
  await new Promise((resolve) => {
    worker?.addEventListener('statechange', () => worker.state === 'activated' && resolve(undefined))
    setTimeout(resolve, 10_000)
  })
  return worker?.state ?? 'none'
}

async function gzip() {
  const stream = new Blob(['x'.repeat(1_000)]).stream().pipeThrough(new CompressionStream('gzip'))
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  return `${bytes.length} bytes, starts with ${bytes[0]?.toString(16)} ${bytes[1]?.toString(16)}`
}

function beacons() {
  const send = (bytes: number) => navigator.sendBeacon('/nowhere', new Blob(['x'.repeat(bytes)]))
  return { 'one of 65537': send(65_537), 'one of 65536': send(65_536), 'one more of 30000': send(30_000) }
}

async function keepalive() {
  const send = (bytes: number) =>
    fetch('/nowhere', { method: 'POST', body: 'x'.repeat(bytes), keepalive: true }).then(
      () => 'sent',
      (error) => error.name,
    )
  return {
    interface: 'keepalive' in Request.prototype,
    60000: await send(60_000),
    70000: await send(70_000),
    'two of 40000 at once': await Promise.all([send(40_000), send(40_000)]),
  }
}

async function storage() {
  if (!navigator.storage) return 'no navigator.storage'
  const { quota = 0 } = await navigator.storage.estimate()
  return { persisted: await navigator.storage.persisted(), quotaMB: Math.round(quota / 1e6) }
}

async function backAndForth(page: Page) {
  await page.evaluate(() => {
    Object.assign(window, { alive: true })
    location.href = '/away.html'
  })
  const at = async (path: string) => {
    for (;;) {
      const here = await page.evaluate(() => document.readyState === 'complete' && location.pathname).catch(() => '')
      if (here === path) return
    }
  }
  await at('/away.html')
  await page.evaluate(() => history.back())
  await at('/')
  return page.evaluate(() => 'alive' in window)
}

/** @param busy with an event that does not end */
async function workerLife(context: Context, busy: boolean) {
  site.answer('/beating.js', {
    status: 200,
    headers: { 'Content-Type': 'text/javascript' },
    body: `setInterval(() => fetch('${beats.url}', { mode: 'no-cors' }).catch(() => {}), ${BEAT_MS})
      addEventListener('message', (event) => { if (event.data) event.waitUntil(new Promise(() => {})) })
      addEventListener('install', () => skipWaiting())`,
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/away.html`)
  await page.evaluate(async (busy) => {
    const registration = await navigator.serviceWorker.register('/beating.js', { scope: `/beating-${busy}/` })
    while (!registration.active) await new Promise((resolve) => setTimeout(resolve, 50))
    registration.active.postMessage(busy)
  }, busy)
  await beats.next()
  const closedAt = Date.now()
  await page.close()
  while (Date.now() - beats.last() < SILENCE_MS && Date.now() - closedAt < WATCH_MS) await beats.pause()
  const seconds = Math.round((beats.last() - closedAt) / 1_000)
  return Date.now() - closedAt >= WATCH_MS ? `longer than ${WATCH_MS / 1_000} s` : `about ${seconds} s`
}

async function startBeats() {
  let last = 0
  const server = createServer((_req, res) => {
    last = Date.now()
    res.end()
  })
  const { origin } = await listen(server)
  const pause = () => new Promise((resolve) => setTimeout(resolve, BEAT_MS))
  return {
    server,
    url: `${origin}/`,
    last: () => last,
    pause,
    async next() {
      const before = last
      while (last === before) await pause()
    },
  }
}
