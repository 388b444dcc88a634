import type { Page } from 'playwright'
import { expect, type Recorded, type Recorder, test } from './recorder'
import { until } from './replays/until'
import type { Site } from './site'

const PATIENCE_MS = 20_000

/** What a page or a worker defines: a function whose token is another one each time. */
const ASKS = "let count = 0; const requestHeaders = async () => ({ Authorization: 'Bearer ' + ++count });"

const html = (body: string) => ({ status: 200, headers: { 'Content-Type': 'text/html' }, body })
const javascript = (body: string) => ({ status: 200, headers: { 'Content-Type': 'text/javascript' }, body })

/** A page with a function; without a token in the page's storage, the function fails as that of a person who is signed out. */
const pageThatAsks = (host: string) =>
  html(`<!doctype html><script type="module">
    import { init } from '/outlast/index.js'
    ${ASKS}
    const options = { host: '${host}', compression: 'none', flushInterval: 100 }
    window.outlast = init('phc_test', { ...options, async requestHeaders() {
      if (!localStorage.signedIn) throw new Error('signed out')
      return requestHeaders()
    } })
  </script>`)

const OWN = javascript(`${ASKS} self.outlast = { requestHeaders }
  importScripts('/__outlast/worker.js')
  self.addEventListener('install', () => self.skipWaiting())`)

const tokens = ({ requests }: Recorder) => requests.map(({ headers }) => headers.authorization)
const events = (requests: Recorded[]) => requests.flatMap(({ body }) => body.batch.map(({ event }) => event))
const arrived = (recorder: Recorder, count: number) =>
  until(async () => events(recorder.requests).length >= count, PATIENCE_MS)

async function capture(page: Page, event: string): Promise<void> {
  await page.evaluate((name) => window.outlast.capture(name), event)
}

async function leave(page: Page, site: Site): Promise<void> {
  await page.goto(`${site.url}/away.html`)
}

test('P6: a function of the page gives each request a token of its own, and the page is the host', async ({
  context,
  site,
  recorder,
}) => {
  site.answer('/asks.html', pageThatAsks(recorder.url))
  const page = await context.newPage()
  await page.goto(`${site.url}/asks.html`)
  await page.evaluate(() => {
    localStorage.signedIn = 'yes'
  })
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'page', storage: 'indexeddb' })
  for (const event of ['first', 'second']) {
    await capture(page, event)
    await page.evaluate(() => window.outlast.flush())
  }
  expect(events(recorder.requests)).toEqual(['first', 'second'])
  expect(tokens(recorder)).toEqual(['Bearer 1', 'Bearer 2'])
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
})

test('P2, P6: without a token no request and no beacon is made, and the next visit with one delivers', async ({
  context,
  site,
  recorder,
}) => {
  site.answer('/asks.html', pageThatAsks(recorder.url))
  const page = await context.newPage()
  await page.goto(`${site.url}/asks.html`)
  const cause = page.evaluate(
    () => new Promise<string>((resolve) => window.outlast.on('retry', ({ cause }) => resolve(cause))),
  )
  await capture(page, 'early')
  expect(await cause).toBe('requestHeaders failed: Error: signed out')
  await capture(page, 'late')
  await leave(page, site)
  expect(recorder.requests).toEqual([])
  await page.evaluate(() => {
    localStorage.signedIn = 'yes'
  })
  await page.goto(`${site.url}/asks.html`)
  await arrived(recorder, 2)
  expect(events(recorder.requests).sort()).toEqual(['early', 'late'])
  for (const token of tokens(recorder)) expect(token).toMatch(/^Bearer \d+$/)
})

test("P3, P6: the function of a site's own worker gives them also after the page has gone", async ({
  open,
  site,
  recorder,
}) => {
  site.answer('/asks.js', OWN)
  const worker = { url: '/asks.js', scope: '/', requestHeaders: true }
  const page = await open({ host: recorder.url, compression: 'none', flushInterval: 100, worker })
  expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
  await capture(page, 'seen')
  await page.evaluate(() => window.outlast.flush())
  await capture(page, 'leaving')
  await page.close()
  await arrived(recorder, 2)
  expect(events(recorder.requests)).toEqual(['seen', 'leaving'])
  expect(tokens(recorder)).toEqual(['Bearer 1', 'Bearer 2'])
})

test("P2, P6: without the site's own worker that has the function the page keeps its events for that worker", async ({
  open,
  site,
  recorder,
}) => {
  site.answer('/asks.js', { status: 404 })
  const worker = { url: '/asks.js', scope: '/', requestHeaders: true }
  const options = { host: recorder.url, compression: 'none', flushInterval: 100, worker }
  const page = await open(options)
  expect(await page.evaluate(() => window.outlast.ready)).toEqual({ host: 'page', storage: 'indexeddb' })
  await capture(page, 'kept')
  expect(await page.evaluate(() => window.outlast.flush())).toMatchObject({ delivered: 0, pending: 1 })
  await leave(page, site)
  expect(recorder.requests).toEqual([])
  site.answer('/asks.js', OWN)
  await open(options)
  await arrived(recorder, 1)
  for (const token of tokens(recorder)) expect(token).toMatch(/^Bearer \d+$/)
})

for (const [said, has, warning] of [
  [undefined, OWN, /the worker has requestHeaders, and this page does not say so/],
  [true, javascript("importScripts('/__outlast/worker.js')"), /the host that answers has none/],
] as const) {
  test(`P11: a page and a worker that do not agree about the function are told${said ? ' (the worker has none)' : ' (the page says nothing)'}`, async ({
    context,
    open,
    site,
    recorder,
  }) => {
    site.answer('/asks.js', has)
    const warned: string[] = []
    context.on('console', (message) => warned.push(message.text()))
    const worker = { url: '/asks.js', scope: '/', ...(said && { requestHeaders: said }) }
    const page = await open({ host: recorder.url, compression: 'none', flushInterval: 100, worker })
    await capture(page, 'told')
    await page.evaluate(() => window.outlast.flush())
    await until(async () => warned.some((text) => warning.test(text)), PATIENCE_MS)
    expect(tokens(recorder)).toEqual(said ? [] : ['Bearer 1'])
  })
}
