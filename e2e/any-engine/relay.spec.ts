/** Relays in each engine: bytes, order, a page that is left and comes back, and headers that fetch adds. */

import type { Relay, RelayOptions } from '../../src/relay'
import type { Page } from '../engines/engine'
import { inPage } from '../engines/in-page'
import { type Ingest, startIngest } from '../ingest'
import { test as base, expect, holds } from './fixtures'

interface OfRelay {
  ingest: Ingest
  /** Opens a page with a relay to the server. */
  visit(options?: Partial<RelayOptions>): Promise<Page>
}

interface RelayPage {
  send: Relay
  relay(options: RelayOptions): Relay
}

const PATIENCE_MS = 20_000

const test = base.extend<OfRelay>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  ingest: async ({}, use) => {
    const ingest = await startIngest()
    await use(ingest)
    await ingest.close()
  },
  visit: async ({ site, ingest, tab }, use) => {
    await use(async (options = {}) => {
      const given = JSON.stringify({ hosts: [ingest.url], ...options })
      await tab.goto(`${site.url}/relay.html?relay=${encodeURIComponent(given)}`)
      await holds(tab, () => (window as unknown as Partial<RelayPage>).send !== undefined)
      return tab
    })
  },
})

const arrived = ({ taken }: Ingest, count: number) =>
  expect.poll(() => taken.length, { timeout: PATIENCE_MS }).toBe(count)

test('texts, bytes and forms arrive as they were handed over, and the counts say so', async ({ visit, ingest }) => {
  const page = await visit()
  const statuses = await inPage(
    page,
    async (url) => {
      const { send } = window as unknown as RelayPage
      const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index % 256)
      const form = new FormData()
      form.append('field', 'value')
      const answers = [
        await send(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":"ä"}' }),
        await send(url, { method: 'POST', body: bytes }),
        await send(new Request(url, { method: 'PUT', body: bytes })),
        await send(url, { method: 'POST', body: form }),
        await send(url),
      ]
      return answers.map(({ status, headers }) => `${status} ${headers.get('outlast-storage')}`)
    },
    `${ingest.url}/x`,
  )
  expect(new Set(statuses)).toEqual(new Set(['202 indexeddb']))
  await arrived(ingest, 5)
  const bytes = Buffer.from(Uint8Array.from({ length: 10_000 }, (_, index) => index % 256))
  expect(ingest.taken.map(({ method }) => method)).toEqual(['POST', 'POST', 'PUT', 'POST', 'GET'])
  expect(ingest.taken[0]?.body.toString()).toBe('{"a":"ä"}')
  expect(ingest.taken.slice(1, 3).map(({ body }) => body.equals(bytes))).toEqual([true, true])
  expect(ingest.taken[3]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  const counts = () => inPage(page, () => (window as unknown as RelayPage).send.stats())
  await expect.poll(counts).toEqual({ accepted: 5, delivered: 5, pending: 0, dropped: {} })
})

test('P2: without a worker the next visit delivers what the server did not take', async ({
  engineName,
  visit,
  ingest,
  site,
  tab,
}) => {
  test.skip(
    engineName === 'webkit',
    'a page in its page cache may keep a transaction open, for which the next page waits',
  )
  ingest.answer = () => ({ status: 503 })
  const page = await visit({ worker: false })
  const send = (url: string) =>
    (window as unknown as RelayPage).send(url, { method: 'POST', body: 'kept' }).then(({ status }) => status)
  expect(await inPage(page, send, `${ingest.url}/x`)).toBe(202)
  await tab.goto(`${site.url}/away.html`)
  ingest.answer = () => ({ status: 200 })
  ingest.taken.length = 0
  await visit({ worker: false })
  await arrived(ingest, 1)
  expect(ingest.taken[0]?.body.toString()).toBe('kept')
})

test('P5: what is handed over while the page is left arrives', async ({ visit, ingest, site, tab }) => {
  const page = await visit()
  await inPage(page, () => (window as unknown as RelayPage).send.stats())
  await inPage(
    page,
    (url) => {
      addEventListener('pagehide', () => {
        void (window as unknown as RelayPage).send(url, { method: 'POST', body: 'last words' })
      })
    },
    `${ingest.url}/x`,
  )
  await tab.goto(`${site.url}/away.html`)
  await expect
    .poll(() => ingest.taken.some(({ body }) => body.toString() === 'last words'), { timeout: PATIENCE_MS })
    .toBe(true)
})

for (const [where, worker] of [
  ['the worker', undefined],
  ['the page', false],
] as const) {
  test(`P6: ${where} tries again after 503 and no answer, and after 429 when Retry-After says so, in order`, async ({
    visit,
    ingest,
  }) => {
    const page = await visit({ worker })
    const answers = [{ status: 503 }, undefined, { status: 429, headers: { 'Retry-After': '3' } }]
    ingest.answer = () => (ingest.taken.length <= answers.length ? answers[ingest.taken.length - 1] : { status: 200 })
    const statuses = await inPage(
      page,
      (url) => {
        const { send } = window as unknown as RelayPage
        const all = ['a', 'b', 'c'].map((body) => send(url, { method: 'POST', body }))
        return Promise.all(all.map(async (answer) => (await answer).status))
      },
      `${ingest.url}/x`,
    )
    expect(statuses).toEqual([202, 202, 202])
    await arrived(ingest, 6)
    expect(ingest.taken.map(({ body }) => body.toString())).toEqual(['a', 'a', 'a', 'a', 'b', 'c'])
    expect(Number(ingest.taken[3]?.at) - Number(ingest.taken[2]?.at)).toBeGreaterThanOrEqual(2_900)
    const counts = () => inPage(page, () => (window as unknown as RelayPage).send.stats())
    await expect.poll(counts).toEqual({ accepted: 3, delivered: 3, pending: 0, dropped: {} })
  })

  test(`P5: a page that is left in the task of its first call loses no request, with ${where} as host`, async ({
    visit,
    ingest,
    tab,
  }) => {
    // A page that has no relay yet.
    const page = await visit({ hosts: [] })
    await inPage(
      page,
      ([url, of]) => {
        const { relay } = window as unknown as RelayPage
        const send = relay({ hosts: [new URL(url).origin], worker: of })
        void send(url, { method: 'POST', body: 'first words' })
        setTimeout(() => location.assign('/away.html'))
      },
      [`${ingest.url}/x`, worker] as const,
    )
    await holds(tab, () => location.pathname === '/away.html')
    const bodies = () => ingest.taken.map(({ body }) => body.toString())
    await expect.poll(bodies, { timeout: PATIENCE_MS }).toContain('first words')
  })
}

test('P2: with a worker what is answered with 202 arrives after the page is left for one without a relay', async ({
  visit,
  ingest,
  site,
  tab,
}) => {
  ingest.answer = () => ({ status: 503 })
  const page = await visit()
  const post = (url: string) =>
    (window as unknown as RelayPage).send(url, { method: 'POST', body: 'kept' }).then(({ status }) => status)
  expect(await inPage(page, post, `${ingest.url}/x`)).toBe(202)
  await expect.poll(() => ingest.taken.length, { timeout: PATIENCE_MS }).toBeGreaterThan(0)
  await tab.goto(`${site.url}/away.html`)
  ingest.answer = () => ({ status: 200 })
  const failed = ingest.taken.length
  await expect
    .poll(() => ingest.taken.slice(failed).some(({ body }) => body.toString() === 'kept'), { timeout: PATIENCE_MS })
    .toBe(true)
})

test('without IndexedDB requests go from memory, the answer says so, and what waits leaves with the page', async ({
  visit,
  ingest,
  site,
  tab,
}) => {
  const page = await visit({ hosts: [] })
  ingest.answer = ({ path }) => ({ status: path === '/taken' ? 200 : 503 })
  const answers = await inPage(
    page,
    async (host) => {
      Object.defineProperty(window, 'indexedDB', { value: undefined })
      const { relay } = window as unknown as RelayPage
      const send = relay({ hosts: [host], worker: false, retryInitialBackoff: 600_000, retryMaxBackoff: 600_000 })
      const post = (path: string) => send(host + path, { method: 'POST', body: 'a' })
      const all = [await post('/taken'), await post('/tried'), await post('/waits')]
      return all.map(({ status, headers }) => `${status} ${headers.get('outlast-storage')}`)
    },
    ingest.url,
  )
  expect(answers).toEqual(['202 memory', '202 memory', '202 memory'])
  await arrived(ingest, 2)
  ingest.taken.length = 0
  ingest.answer = () => ({ status: 200 })
  await tab.goto(`${site.url}/away.html`)
  await expect
    .poll(() => ingest.taken.map(({ path }) => path).sort(), { timeout: PATIENCE_MS })
    .toEqual(['/tried', '/waits'])
})
