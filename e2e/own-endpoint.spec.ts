/** `captureMode: 'json'` against the reference receiver, which is a process of its own on a PostgreSQL database. */

import { test as base, DELIVERY_FILE, expect } from './late-site'
import { leave } from './leave'
import { type OwnEndpoint, type Receiver, serveOwnEndpoint } from './receiver/own-endpoint'
import { STARTED } from './receiver/started'
import { capture, captureAndForget, PAGE, stats, told } from './told'

const test = base.extend<{ own: OwnEndpoint }, { receiver: Receiver }>({
  receiver: STARTED,
  // Each test has a port of its own: a request that a test's browser sends while it is closed would arrive during the next test.
  own: async ({ receiver }, use) => {
    await receiver.reset()
    const own = await serveOwnEndpoint(receiver)
    await use(own)
    await own.close()
    // No other endpoint was asked for anything, and nothing had another shape.
    for (const { path, body } of own.posted) {
      expect(path).toBe('/events')
      const shapes = body.split('\n').map((line) => Object.keys(line && JSON.parse(line)).join())
      expect(['sentAt,batch', 'sentAt,event,uuid,timestamp,distinctId,properties', '']).toEqual(
        expect.arrayContaining(shapes),
      )
    }
  },
})

/** To begin the receiver and its database takes seconds on a busy machine. */
const PATIENCE_MS = 20_000

const optionsOf = (own: OwnEndpoint, more: Record<string, unknown> = {}) => ({
  ...{ host: own.url, captureMode: 'json', endpoint: '/events', retryMaxBackoff: 500 },
  ...more,
})

/** The names of what is stored, once that many events are. */
async function storedIn(own: OwnEndpoint, count: number): Promise<string[]> {
  await expect.poll(async () => (await own.stats()).events, { timeout: PATIENCE_MS }).toBe(count)
  return (await own.events()).map(({ event }) => event).sort()
}

const HOSTS = { worker: {}, page: { worker: false }, memory: { persistence: 'memory' } } as const

for (const [host, ofHost] of Object.entries(HOSTS)) {
  test(`P4: ${host}: plain events are stored as they were captured, once though answers are lost`, async ({
    open,
    own,
  }) => {
    own.fault({ mode: 'lost', count: 2 })
    const page = await open(optionsOf(own, ofHost), PAGE)
    await page.evaluate(() => {
      window.outlast.identify('ann', { plan: 'free' })
      window.outlast.capture('bought', { total: 42, text: 'a\0b', nested: [{ a: 1 }] })
    })
    expect(await storedIn(own, 2)).toEqual(['$identify', 'bought'])
    await expect
      .poll(() => stats(page), { timeout: PATIENCE_MS })
      .toMatchObject({ delivered: 2, pending: 0, dropped: {} })
    expect(Object.values(await own.uuids()).every((copies) => copies === 3)).toBe(true)
    const [bought] = (await own.events()).filter(({ event }) => event === 'bought')
    expect(bought).toMatchObject({
      distinct_id: 'ann',
      properties: { total: 42, text: 'a\ufffdb', nested: [{ a: 1 }], $lib: 'outlast' },
    })
    expect(bought?.properties).not.toHaveProperty('token')
    expect(bought?.sent_at?.getTime()).toBeGreaterThanOrEqual(Number(bought?.timestamp.getTime()))
  })

  test(`P5: ${host}: an endpoint that fails for a while gets all events after that`, async ({ open, own }) => {
    own.fault({ mode: '503' })
    const page = await open(optionsOf(own, ofHost), PAGE)
    await captureAndForget(page, 'one', 'two')
    await expect.poll(() => own.posted.length, { timeout: PATIENCE_MS }).toBeGreaterThan(1)
    own.fault({ mode: 'ok' })
    expect(await storedIn(own, 2)).toEqual(['one', 'two'])
  })

  test(`P7: ${host}: the endpoint takes one event, refuses another with a reason, and asks for a third again`, async ({
    open,
    own,
  }) => {
    own.fault({ mode: 'partial', results: ['ok', 'drop', 'retry'], count: 1 })
    const page = await open(optionsOf(own, ofHost), PAGE)
    await captureAndForget(page, 'taken', 'refused', 'later')
    expect(await storedIn(own, 2)).toEqual(['later', 'taken'])
    await expect
      .poll(() => stats(page), { timeout: PATIENCE_MS })
      .toMatchObject({ accepted: 3, delivered: 2, pending: 0, dropped: { rejected: 1 } })
    const { drop } = await told(page)
    expect(drop).toMatchObject([{ reason: 'rejected', count: 1, detail: 'as the test has it' }])
    expect(own.posted.map(({ body }) => JSON.parse(body).batch.length)).toEqual([3, 1])
  })
}

test('P1: a tab that was closed in an outage: the next visit delivers what it captured', async ({ open, own }) => {
  own.fault({ mode: 'down' })
  const first = await open(optionsOf(own), PAGE)
  await capture(first, 'before')
  await leave(first)
  const next = await open(optionsOf(own), PAGE)
  own.fault({ mode: 'ok' })
  await captureAndForget(next, 'after')
  expect(await storedIn(own, 2)).toEqual(['after', 'before'])
})

test('a request has the headers that any server knows: its type, gzip, and those of the site', async ({
  open,
  own,
}) => {
  const page = await open(optionsOf(own), PAGE)
  await capture(page, 'x'.repeat(5_000))
  await storedIn(own, 1)
  expect(own.posted[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'content-encoding': 'gzip' })
  expect(Object.keys(own.posted[0]?.headers ?? {}).filter((name) => /posthog|authorization/.test(name))).toEqual([])
})

test('lines of events are stored too, of a beacon as well', async ({ open, site, own }) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const page = await open(optionsOf(own, { bodyFormat: 'ndjson' }), PAGE)
  await captureAndForget(page, 'one', 'two')
  expect(await storedIn(own, 2)).toEqual(['one', 'two'])
  expect(own.posted[0]?.headers['content-type']).toBe('application/x-ndjson')
  expect((await own.events()).every(({ sent_at }) => sent_at !== null)).toBe(true)
  await page.evaluate(() => addEventListener('pagehide', () => window.outlast.capture('last words')))
  await leave(page)
  expect(await storedIn(own, 3)).toEqual(['last words', 'one', 'two'])
  expect(own.posted.at(-1)?.headers['content-type']).toBe('text/plain')
})

test('a script tag names the endpoint in its attributes', async ({ site, context, own }) => {
  site.answer('/tagged.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<script src="/__outlast/outlast.js" data-key="shop" data-host="${own.url}" data-capture-mode="json" data-endpoint="/events" data-body-format="ndjson" data-flush-interval="200"></script><script>outlast.push(['capture', 'tagged'])</script>`,
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/tagged.html`)
  expect(await storedIn(own, 1)).toEqual(['tagged'])
  expect(own.posted[0]?.headers['content-type']).toBe('application/x-ndjson')
})

test("P10: before the late code is there nothing goes to the site's endpoint, and nothing to PostHog's, also of a page that is left", async ({
  visit,
  open,
  site,
  own,
}) => {
  site.hold(DELIVERY_FILE)
  // A page of which there is nothing to tell but that an event was dropped.
  const dropping = await visit(optionsOf(own))
  await dropping.evaluate(() => window.outlast.capture(''))
  await leave(dropping)
  const page = await visit(optionsOf(own))
  await page.evaluate(() => {
    window.outlast.capture('early')
    window.outlast.captureAi('$ai_generation')
    addEventListener('pagehide', () => window.outlast.capture('last words'))
  })
  await leave(page)
  site.recover(DELIVERY_FILE)
  expect(own.posted).toEqual([])
  // The next page delivers them, in the endpoint's form.
  await open(optionsOf(own), PAGE)
  expect(await storedIn(own, 3)).toEqual(['$ai_generation', 'early', 'last words'])
})

test('P5: a page without a worker that is left sends a beacon of the same form, and what arrives again is stored once', async ({
  open,
  site,
  own,
}) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const page = await open(optionsOf(own, { flushInterval: 60_000 }), PAGE)
  await page.evaluate(() =>
    addEventListener('pagehide', () => {
      window.outlast.capture('last words')
      window.outlast.captureAi('$ai_generation', { $ai_model: 'm' })
    }),
  )
  await leave(page)
  expect(await storedIn(own, 2)).toEqual(['$ai_generation', 'last words'])
  expect(own.posted.every(({ headers }) => headers['content-type'] === 'text/plain')).toBe(true)
  const next = await open(optionsOf(own), PAGE)
  await captureAndForget(next, 'back')
  expect(await storedIn(own, 3)).toEqual(['$ai_generation', 'back', 'last words'])
  await expect.poll(() => next.evaluate(() => window.outlast.pending()), { timeout: PATIENCE_MS }).toBe(0)
  expect((await own.stats()).events).toBe(3)
})

test('P10: a beacon cannot carry the headers by which the endpoint knows the site, so none is sent', async ({
  open,
  site,
  own,
}) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const options = optionsOf(own, { flushInterval: 60_000, requestHeaders: { 'Content-Language': 'en' } })
  const page = await open(options, PAGE)
  await page.evaluate(() => addEventListener('pagehide', () => window.outlast.capture('last words')))
  await leave(page)
  const next = await open({ ...options, flushInterval: 200 }, PAGE)
  await captureAndForget(next, 'back')
  expect(await storedIn(own, 2)).toEqual(['back', 'last words'])
  expect(own.posted.every(({ headers }) => headers['content-type'] === 'application/json')).toBe(true)
})

test('feature flags are not asked for, and it is said once', async ({ open, own, collector }) => {
  const page = await open(optionsOf(own), PAGE)
  const asked = await page.evaluate(async () => [
    await window.outlast.getFeatureFlag('beta'),
    await window.outlast.isFeatureEnabled('beta', { defaultValue: true }),
  ])
  expect(asked).toEqual([undefined, true])
  const said = async () => (await told(page)).warnings.filter((text) => text.includes('no feature flags'))
  await expect.poll(said).toHaveLength(1)
  expect((await collector.stats()).requests).toBe(0)
  expect(own.posted).toEqual([])
})

test('P10: where the endpoint cannot be used nothing is sent, it is said, and the visit after the repair delivers', async ({
  open,
  own,
}) => {
  const page = await open(optionsOf(own, { endpoint: 'events' }), PAGE)
  await capture(page, 'held')
  await page.evaluate(() => window.outlast.flush())
  await leave(page)
  expect(own.posted).toEqual([])
  const next = await open(optionsOf(own), PAGE)
  await captureAndForget(next, 'after')
  expect(await storedIn(own, 2)).toEqual(['after', 'held'])
})

test('P10, P8: a tab of before the change stays open and is loaded again: nothing of the new tab goes in the old form', async ({
  open,
  own,
}) => {
  const before = { host: own.url, retryMaxBackoff: 500 }
  const old = await open(before, PAGE)
  const page = await open(optionsOf(own), PAGE)
  await captureAndForget(page, 'one')
  expect(await storedIn(own, 1)).toEqual(['one'])
  // What the old tab captures goes where the newest page has said.
  await captureAndForget(old, 'of the old tab')
  expect(await storedIn(own, 2)).toEqual(['of the old tab', 'one'])
  await old.reload()
  await old.evaluate(() => window.outlast.ready)
  await captureAndForget(page, 'two')
  await page.evaluate(() => window.outlast.flush())
  await captureAndForget(await open(optionsOf(own), PAGE), 'three')
  expect(await storedIn(own, 4)).toEqual(['of the old tab', 'one', 'three', 'two'])
})
