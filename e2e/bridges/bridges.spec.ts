/** `outlast/relay/…`: the real SDKs from npm, whose requests go over a relay, in real Chromium. */

import type { Page } from 'playwright'
import { test as base, expect } from '../fixtures'
import { type Ingest, startIngest, type Taken } from '../ingest'
import { leave } from '../leave'
import { sdkPage } from './bundle'

interface Sdk {
  name: string
  /** Requests that one capture makes. */
  requests: number
  /** What the bridge leaves out, so that a server does not take the time of waiting for a wrong clock. */
  without?: string[]
}

const SDKS: Sdk[] = [
  { name: 'fetch', requests: 1 },
  { name: 'sentry', requests: 1, without: ['0.sent_at'] },
  { name: 'amplitude', requests: 1, without: ['client_upload_time'] },
  { name: 'snowplow', requests: 1 },
  { name: 'segment', requests: 1 },
  { name: 'otlp', requests: 2 },
]

interface Fixtures {
  ingest: Ingest
  /** Opens a page with this SDK. */
  visit(name: string, asked?: { bridged?: boolean; options?: object; hides?: boolean }): Promise<Page>
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  ingest: async ({}, use) => {
    const ingest = await startIngest()
    await use(ingest)
    await ingest.close()
  },
  visit: async ({ context, site, ingest }, use) => {
    await use(async (name, { bridged = true, options = {}, hides = false } = {}) => {
      const headers = { 'Content-Type': 'text/javascript; charset=utf-8' }
      site.answer('/sdk.js', { status: 200, headers, body: await sdkPage(name) })
      const page = await context.newPage()
      const asked = encodeURIComponent(JSON.stringify({ host: ingest.url, bridged, options, hides }))
      await page.goto(`${site.url}/sdk.html?asked=${asked}`)
      await page.waitForFunction(() => window.sdk)
      if (bridged) {
        await page.waitForFunction(async () =>
          (await navigator.serviceWorker.getRegistrations()).some(({ active }) => active),
        )
      }
      return page
    })
  },
})

const capture = (page: Page, id: string) => page.evaluate((name) => window.sdk.capture(name), id)
const queued = (page: Page) => page.evaluate(() => window.sdk.queued())
const naming = ({ taken }: Pick<Ingest, 'taken'>, id: string) => taken.filter(({ body }) => body.includes(id))
const arrived = (ingest: Pick<Ingest, 'taken'>, id: string, count: number) =>
  expect.poll(() => naming(ingest, id).length, { timeout: 20_000 }).toBe(count)

/** A relay of the page's own to the same queue, as a site would make one to ask or to opt out. */
const withRelay = <T>(page: Page, name: string, host: string, work: 'stats' | 'optOut' | 'flush') =>
  page.evaluate(
    async ([queue, server, what]) => {
      const { relay } = await import('/outlast/relay.js' as string)
      return relay({ name: queue, hosts: [server] })[what]()
    },
    [name, host, work] as const,
  ) as Promise<T>

/** The names of all that a body holds, by their path: what is the same for each event of an SDK. */
function shapeOf({ body }: Taken): string[] {
  const text = body.toString()
  // An envelope of Sentry's is lines of JSON.
  const values = text.split('\n').map((line) => JSON.parse(line))
  return [...new Set(pathsIn(values.length === 1 ? values[0] : values))].sort()
}

function pathsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, path ? `${path}.${key}` : key))
}

for (const { name, requests, without = [] } of SDKS) {
  test.describe(name, () => {
    test(`P2, P6: ${name} counts as sent what a server that is down gets later, once and whole`, async ({
      visit,
      ingest,
    }) => {
      const alone = await visit(name, { bridged: false })
      await capture(alone, 'as-ever')
      await arrived(ingest, 'as-ever', requests)
      await alone.close()
      const page = await visit(name)
      ingest.answer = () => ({ status: 503 })
      await capture(page, 'kept')
      await expect.poll(() => naming(ingest, 'kept').length).toBeGreaterThan(0)
      await expect.poll(() => queued(page)).toBe(0)
      // Only the worker is left that would send it again, and does so at any moment, while the server is down too.
      await page.close()
      const taken: Taken[] = []
      ingest.answer = (request) => {
        taken.push(request)
        return { status: 200 }
      }
      await arrived({ taken }, 'kept', requests)
      const byPath = ({ path }: Taken, other: Taken) => (path < other.path ? -1 : 1)
      const sent = naming({ taken }, 'kept').sort(byPath)
      const usual = naming(ingest, 'as-ever').sort(byPath)
      expect(sent.map(({ method, path }) => [method, path])).toEqual(usual.map(({ method, path }) => [method, path]))
      expect(sent.map(shapeOf)).toEqual(
        usual.map(shapeOf).map((shape) => shape.filter((one) => !without.includes(one))),
      )
      expect(sent.map(typeOf)).toEqual(usual.map(typeOf))
    })

    test(`${name} sends itself what its relay has no room for, and nothing twice`, async ({ visit, ingest }) => {
      const page = await visit(name, { options: { maxBodyBytes: 1 } })
      await capture(page, 'large')
      await arrived(ingest, 'large', requests)
      await expect.poll(() => queued(page)).toBe(0)
      expect(await withRelay(page, name, ingest.url, 'stats')).toMatchObject({ accepted: 0 })
    })

    test(`P10: where a hook takes something out of what ${name} sends, it is out of what the relay has no room for too`, async ({
      visit,
      ingest,
    }) => {
      const page = await visit(name, { options: { maxBodyBytes: 1 }, hides: true })
      await capture(page, 'secret-word')
      await arrived(ingest, 'hidden-word', requests)
      await expect.poll(() => queued(page)).toBe(0)
      expect(naming(ingest, 'secret')).toEqual([])
    })

    for (const [what, options] of Object.entries({
      '': {},
      ', also of what its relay has no room for': { maxBodyBytes: 1 },
    })) {
      test(`P9, P10: of a person who has opted out of its relay ${name} sends and keeps nothing${what}`, async ({
        visit,
        ingest,
      }) => {
        const page = await visit(name, { options })
        await withRelay(page, name, ingest.url, 'optOut')
        await capture(page, 'refused')
        await expect.poll(() => queued(page)).toBe(0)
        // What is captured later shows that the earlier one is not merely late.
        const other = await visit(name, { bridged: false })
        await capture(other, 'later')
        await arrived(ingest, 'later', requests)
        expect(naming(ingest, 'refused')).toEqual([])
      })
    }
  })
}

const typeOf = ({ headers }: Taken) => headers['content-type']

test('Snowplow: what is anonymous to the server is so when it arrives late', async ({ visit, ingest }) => {
  const page = await visit('snowplow')
  await capture(page, 'anonymous')
  await arrived(ingest, 'anonymous', 1)
  expect(naming(ingest, 'anonymous')[0]?.headers['sp-anonymous']).toBe('*')
})

test('snowplow/snowplow-javascript-tracker#1355: a server that never answers fills no queue of the tracker', async ({
  visit,
  ingest,
}) => {
  const page = await visit('snowplow')
  ingest.answer = () => 'hang'
  for (const id of ['one', 'two', 'three']) await capture(page, id)
  await expect.poll(() => queued(page)).toBe(0)
  expect(await withRelay(page, 'snowplow', ingest.url, 'stats')).toMatchObject({ delivered: 0, dropped: {} })
})

test('amplitude/Amplitude-TypeScript#602: events of a page without a network are not cleared away unsent', async ({
  visit,
  context,
  ingest,
}) => {
  const page = await visit('amplitude')
  // The worker is there, and its file is asked for no more.
  await capture(page, 'online')
  await arrived(ingest, 'online', 1)
  await context.setOffline(true)
  await capture(page, 'offline')
  await expect.poll(() => withRelay(page, 'amplitude', ingest.url, 'stats')).toMatchObject({ accepted: 2 })
  await expect.poll(() => queued(page)).toBe(0)
  await page.close()
  await context.setOffline(false)
  await arrived(ingest, 'offline', 1)
})

test('getsentry/sentry-javascript#14746: what waits can be sent on demand', async ({ visit, ingest }) => {
  const page = await visit('sentry', { options: { retryInitialBackoff: 60_000 } })
  ingest.answer = () => ({ status: 503 })
  await capture(page, 'waits')
  await arrived(ingest, 'waits', 1)
  ingest.answer = () => ({ status: 200 })
  await withRelay(page, 'sentry', ingest.url, 'flush')
  await arrived(ingest, 'waits', 2)
})

test('open-telemetry/opentelemetry-js#2613: a span that ends with its page is sent', async ({ visit, ingest }) => {
  const page = await visit('otlp')
  await capture(page, 'first')
  await arrived(ingest, 'first', 2)
  await page.evaluate(() => {
    addEventListener('pagehide', () => window.sdk.capture('last'))
  })
  await leave(page)
  await arrived(ingest, 'last', 2)
})

test('open-telemetry/opentelemetry-js#6339: a wrapped `fetch` sees no export, so none makes another', async ({
  visit,
  ingest,
}) => {
  const page = await visit('otlp')
  await page.evaluate(() => {
    const plain = fetch
    window.fetch = (...given) => {
      window.sdk.capture('of an export')
      return plain(...given)
    }
  })
  await capture(page, 'one')
  await arrived(ingest, 'one', 2)
  expect(naming(ingest, 'of an export')).toEqual([])
})

test('fetch: what is asked of a server is asked at once, and answered by it', async ({ visit, ingest, site }) => {
  const page = await visit('fetch')
  const statuses = await page.evaluate(
    async ([here, there]) => {
      const { send } = window as unknown as { send: typeof fetch }
      const read = await send(`${there}/settings`)
      const elsewhere = await send(`${here}/nowhere`, { method: 'POST', body: 'x' })
      const given = await send(new Request(`${there}/request`, { method: 'POST', body: 'as a request' }))
      return [read.status, elsewhere.status, await given.json()]
    },
    [site.url, ingest.url] as const,
  )
  expect(statuses).toEqual([200, 404, { ok: true }])
  await arrived(ingest, 'as a request', 1)
})

test('a header that may not be stored is told of once, and goes out as without a relay', async ({ visit, ingest }) => {
  const page = await visit('fetch')
  const told: string[] = []
  page.on('console', (message) => told.push(message.text()))
  await page.evaluate(async (there) => {
    const { send } = window as unknown as { send: typeof fetch }
    for (const body of ['first', 'second']) {
      await send(`${there}/track`, { method: 'POST', headers: { 'X-Key': 'k' }, body })
    }
  }, ingest.url)
  await arrived(ingest, 'second', 1)
  expect(naming(ingest, 'first')[0]?.headers['x-key']).toBe('k')
  expect(told.filter((text) => text.includes('storedHeaders'))).toHaveLength(1)
})
